//===- MovePrices.cpp - What moving a copy costs --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MovePrices.h"
#include <algorithm>
#include <cmath>

using namespace mlir::moe;

MovePrices::MovePrices(const PlacementProblem &problem,
                       const std::vector<int32_t> &before,
                       const LinkCosts &costs)
    : costs(costs) {
  if (costs.empty())
    return;
  holders.resize(problem.numExperts());
  for (int64_t slot = 0; slot < problem.numSlots(); ++slot)
    if (int64_t rank = slot / problem.slots;
        before[slot] >= 0 && problem.slotsOf(rank) > 0)
      holders[before[slot]].push_back(int32_t(rank));
  double links = double(problem.ranks) * double(problem.ranks - 1);
  for (int64_t from = 0; from < problem.ranks; ++from)
    for (int64_t to = 0; to < problem.ranks; ++to)
      mean += from == to ? 0 : costs[from][to] / links;
}

double MovePrices::of(int32_t expert, int64_t to) const {
  if (mean <= 0 || holders[expert].empty())
    return 1;
  double cost = HUGE_VAL;
  for (int32_t holder : holders[expert])
    cost = std::min(cost, costs[holder][to]);
  return std::max(least, cost / mean);
}
