//===- FalseClaim.h - What explains a false claim ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CLAIMS_FALSECLAIM_H
#define MOE_LIB_CLAIMS_FALSECLAIM_H

#include "Evaluator.h"

namespace mlir::moe {

/// A claim whose sides were evaluated and do not agree.
struct FalseClaim {
  const ClaimTree &tree;
  const Evaluator &evaluator;
  unsigned computedNode, statedNode;
  /// Of a metric that differs over stages and is stated as one value.
  llvm::ArrayRef<ClaimValue> stages;
  /// Of a range: whether its lower end holds.
  bool lowerHolds;
  /// Both sides as the message shows them.
  llvm::StringRef computed, stated;
};

/// Sentences on what was probably meant: the stage or the neighbouring figure
/// that has the stated value, the number that would make the claim true, the
/// precision of the decimals, and where each metric comes from.
std::vector<std::string> explainFalse(const FalseClaim &claim);

} // namespace mlir::moe

#endif // MOE_LIB_CLAIMS_FALSECLAIM_H
