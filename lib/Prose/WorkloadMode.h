//===- WorkloadMode.h - Training, prefill or decode -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_WORKLOADMODE_H
#define MOE_LIB_PROSE_WORKLOADMODE_H

#include "Statement.h"

namespace mlir::moe {

/// What a job does, of the words of its document: one that speaks of TPOT and
/// never of prompts or training decodes, one that speaks of training alone
/// trains. A TTFT is also promised by those that decode; a prefill plan is what
/// its title calls so; the title of the document decides. Optimizer states and
/// gradients tell nothing, they also stand in serving plans where they are
/// wrong.
class WorkloadMode {
public:
  /// `depth` of a heading, from 1; 0 of other lines.
  void note(const Statement &statement, unsigned depth);

  /// "train", "prefill" or "decode", line and quotation; nothing when words of
  /// several stand in the document.
  struct Origin {
    llvm::StringRef mode;
    unsigned line = 0;
    std::string quote;
  };
  std::optional<Origin> mode() const;

private:
  /// Where each was first spoken of.
  std::optional<Origin> declared, train, prefill, decode, prompts, serving;
  bool titled = false; ///< there was a heading
};

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_WORKLOADMODE_H
