//===- ClaimedLatency.h - The time a plan claims for one pass ---*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_CLAIMEDLATENCY_H
#define MOE_LIB_CHECK_CLAIMEDLATENCY_H

#include "ClaimedFigures.h"
#include "moe/Analysis/PlanModel.h"

namespace mlir::moe {

/// The time of a batch through all layers, as claims give it.
struct ClaimedLatency {
  ClaimValue value; ///< seconds
  std::string text; ///< "204 ms (claim 'a')", "8.5 ms (claim 'b') x 24 layers"
  const ClaimedFigure *figure = nullptr;
  /// Of one layer, where the latency is that times the layers.
  std::optional<ClaimValue> ofLayer;

  /// From `latency` or `tpot`, else from `layer_latency`.
  static std::optional<ClaimedLatency> of(const PlanModel &plan,
                                          const ClaimedFigures &claimed);
};

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_CLAIMEDLATENCY_H
