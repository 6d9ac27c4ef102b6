//===- ExpertSlots.cpp - Which slot holds which expert --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/ExpertSlots.h"

#include <algorithm>
#include <deque>
#include <numeric>

using namespace mlir;
using namespace mlir::moe;

int64_t ExpertSlots::used(int64_t rank) const {
  auto first = experts.begin() + rank * slotsPerRank;
  return slotsPerRank - std::count(first, first + slotsPerRank, -1);
}

std::optional<int64_t> moe::slotsPerRank(const PlanModel &plan,
                                         const LayerRun &run) {
  if (plan.distribution.slotsPerRank)
    return *plan.distribution.slotsPerRank;
  if (!run.experts || !plan.degrees.ep)
    return std::nullopt;
  int64_t ranks = *plan.degrees.ep;
  return *run.experts / ranks + (*run.experts % ranks != 0);
}

/// Rank and slot of the `index`-th expert to place, when `count` are placed.
static int64_t slotOf(PlacementKind kind, int64_t index, int64_t count,
                      int64_t ranks, int64_t slotsPerRank) {
  if (kind == PlacementKind::RoundRobin)
    return index % ranks * slotsPerRank + index / ranks;
  // The first `count % ranks` ranks take one more.
  int64_t small = count / ranks, large = small + 1, more = count % ranks;
  if (index < more * large)
    return index / large * slotsPerRank + index % large;
  int64_t rest = index - more * large;
  return (more + rest / small) * slotsPerRank + rest % small;
}

ExpertSlots moe::placeByRule(PlacementKind kind, int64_t experts, int64_t ranks,
                             int64_t slotsPerRank, bool replicate) {
  ExpertSlots slots{ranks, slotsPerRank, {}};
  slots.experts.assign(ranks * slotsPerRank, -1);
  int64_t count = replicate ? ranks * slotsPerRank : experts;
  // Experts in the order of their next replica; those with fewest come first.
  std::deque<int32_t> next(experts);
  std::iota(next.begin(), next.end(), 0);
  for (int64_t index = 0; index < count; ++index) {
    int64_t slot = slotOf(kind, index, count, ranks, slotsPerRank);
    auto rank = slots.experts.begin() + slot / slotsPerRank * slotsPerRank;
    auto chosen = std::find_if(next.begin(), next.end(), [&](int32_t expert) {
      return std::find(rank, rank + slotsPerRank, expert) ==
             rank + slotsPerRank;
    });
    // A rank with more slots than there are experts leaves the rest empty.
    if (chosen == next.end())
      continue;
    int32_t expert = *chosen;
    slots.experts[slot] = expert;
    next.erase(chosen);
    next.push_back(expert);
  }
  return slots;
}
