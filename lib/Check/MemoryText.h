//===- MemoryText.h - Memory of a stage, for readers ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_MEMORYTEXT_H
#define MOE_LIB_CHECK_MEMORYTEXT_H

#include "PlanCost.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>

namespace mlir::moe {

/// One kind of memory: the metric of claims and its name in messages.
struct MemoryKind {
  llvm::StringLiteral metric, name;
  cost::Count cost::StageMemory::*bytes;
  /// Follows from parameters and shapes alone.
  bool exact;
};
/// All that the allocator sees.
llvm::ArrayRef<MemoryKind> memoryKinds();

/// The stage whose ranks need most.
size_t largestStage(const cost::Estimate &estimate);

/// "optimizer states 45.1 GB + weights 12.4 GB", largest first; `withReserve`
/// adds what the allocator does not see.
std::string describeMemory(const cost::StageMemory &memory, bool withReserve);

/// Where the weights of a part on one rank of a stage come from: "21 experts x
/// 24 layers x 268.4 MB".
std::string describePart(const PlanCost &cost, ModelPart part, size_t stage);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_MEMORYTEXT_H
