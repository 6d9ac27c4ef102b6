//===- ClaimedThroughput.h - What a plan claims to do -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_CLAIMEDTHROUGHPUT_H
#define MOE_LIB_CHECK_CLAIMEDTHROUGHPUT_H

#include "ClaimedFigures.h"
#include "moe/Analysis/PlanModel.h"

namespace mlir::moe {

/// A claimed `throughput`, over all ranks.
struct ClaimedThroughput {
  const ClaimedFigure *figure = nullptr;
  ClaimValue perSecond; ///< a number: of tokens, or of sequences
  bool ofTokens = true;
  std::string text; ///< "312 tokens/s/GPU (claim 'a') x 8 GPUs"

  /// Nothing for other metrics and units, upper limits, and figures per GPU of
  /// an unknown number.
  static std::optional<ClaimedThroughput> of(const PlanModel &plan,
                                             const ClaimedFigure &figure);
  /// The first of them, or nothing.
  static std::optional<ClaimedThroughput> of(const PlanModel &plan,
                                             const ClaimedFigures &claimed);
  /// In tokens, of sequences as long as the plan says. Nothing when it does
  /// not.
  std::optional<ClaimedThroughput> inTokens(const PlanModel &plan) const;
};

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_CLAIMEDTHROUGHPUT_H
