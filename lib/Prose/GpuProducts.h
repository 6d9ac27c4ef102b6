//===- GpuProducts.h - How a document counts its GPUs -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// EP x TP x PP = GPUs is the product rule, TP x PP x DP = GPUs with the experts
// folded into the same ranks is the folded one, and the plan's default. Which
// of them a document follows its own products tell, and where they do not, the
// degrees and the GPUs that it states.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_GPUPRODUCTS_H
#define MOE_LIB_PROSE_GPUPRODUCTS_H

#include "Expressions.h"
#include "Statement.h"
#include "moe/Prose/ImportClaims.h"

namespace mlir::moe {

class GpuProducts {
public:
  /// Keeps the factors of a product and what it comes to, if they may be
  /// degrees and GPUs of this plan.
  void note(const ProseExpression &product, const Amount &result,
            const Statement &statement);

  /// What shows that the figures follow the product rule: line and quotation.
  /// Nothing when they fit the folded rule, or nothing tells.
  std::optional<std::pair<unsigned, std::string>>
  productRule(llvm::ArrayRef<ImportedFigure> figures) const;

  /// A line names degrees, whether or not their values can be read.
  void noteNames(llvm::StringRef text);

  /// Whether the figures fill the GPUs by neither rule, but a degree without a
  /// value could: then nothing is known of the whole grid.
  bool isGridOpen(llvm::ArrayRef<ImportedFigure> figures) const;

private:
  struct Product {
    std::vector<int64_t> factors; ///< in ascending order, without 1
    int64_t result = 0;
    /// Names of degrees in its sentence, when there are as many as factors.
    std::vector<llvm::StringRef> axes;
    bool ofGpus = false; ///< the words say so
    unsigned line = 0;
    std::string quote;
  };

  std::vector<Product> products;
  bool namesPipeline = false; ///< the document speaks of stages
};

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_GPUPRODUCTS_H
