//===- MovePrices.h - What moving a copy costs ------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A copy comes from the cheapest rank that held its expert before the repair.
// Prices are in means of the cost matrix, so that what a repair gains for a
// price compares with what it gains for a move where all links are alike.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_MOVEPRICES_H
#define MOE_LIB_BALANCE_MOVEPRICES_H

#include "moe/Balance/PlacementProblem.h"
#include "moe/Balance/Repair.h"

namespace mlir::moe {

class MovePrices {
public:
  /// `before` are the slots of the running placement.
  MovePrices(const PlacementProblem &problem,
             const std::vector<int32_t> &before, const LinkCosts &costs);

  /// What a copy of the expert costs on rank `to`: 1 where costs are alike or
  /// no rank has the expert to send, and never below `least`.
  double of(int32_t expert, int64_t to) const;

private:
  /// Between ranks that share a GPU or a node a move may cost nothing, but it
  /// is still one.
  static constexpr double least = 0.1;

  const LinkCosts &costs;
  std::vector<std::vector<int32_t>> holders;
  double mean = 0;
};

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_MOVEPRICES_H
