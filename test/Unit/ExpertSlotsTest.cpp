//===- ExpertSlotsTest.cpp - Placement by rule ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/ExpertSlots.h"
#include "gtest/gtest.h"
#include <map>
#include <set>

using namespace mlir::moe;

namespace {

/// What must hold of every placement, whatever the rule.
void expectSound(const ExpertSlots &slots, int64_t experts, bool replicate) {
  std::map<int32_t, int64_t> copies;
  int64_t most = 0, least = slots.slotsPerRank;
  for (int64_t rank = 0; rank < slots.ranks; ++rank) {
    std::set<int32_t> onRank;
    for (int64_t slot = 0; slot < slots.slotsPerRank; ++slot) {
      int32_t expert = slots.experts[rank * slots.slotsPerRank + slot];
      ASSERT_GE(expert, -1);
      ASSERT_LT(expert, experts);
      if (expert < 0)
        continue;
      EXPECT_TRUE(onRank.insert(expert).second)
          << "expert " << expert << " twice on rank " << rank;
      ++copies[expert];
    }
    int64_t used = slots.used(rank);
    EXPECT_EQ(used, static_cast<int64_t>(onRank.size()));
    most = std::max(most, used);
    least = std::min(least, used);
  }
  EXPECT_EQ(static_cast<int64_t>(copies.size()), experts)
      << "an expert is lost";
  EXPECT_LE(most - least, replicate ? 0 : 1);
}

/// All small cases: every expert has a slot, no rank holds one twice, and ranks
/// differ by at most one slot in use.
TEST(ExpertSlots, EverySmallPlacementIsSound) {
  for (PlacementKind kind :
       {PlacementKind::Contiguous, PlacementKind::RoundRobin})
    for (int64_t experts = 1; experts <= 12; ++experts)
      for (int64_t ranks = 1; ranks <= experts; ++ranks)
        for (int64_t slots = (experts + ranks - 1) / ranks; slots <= experts;
             ++slots)
          for (bool replicate : {false, true}) {
            SCOPED_TRACE(std::to_string(experts) + " experts, " +
                         std::to_string(ranks) + " ranks of " +
                         std::to_string(slots));
            expectSound(placeByRule(kind, experts, ranks, slots, replicate),
                        experts, replicate);
          }
}

TEST(ExpertSlots, ContiguousKeepsNeighboursTogether) {
  ExpertSlots slots =
      placeByRule(PlacementKind::Contiguous, 8, 4, 2, /*replicate=*/false);
  EXPECT_EQ(slots.experts, (std::vector<int32_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(ExpertSlots, RoundRobinDealsThemOut) {
  ExpertSlots slots =
      placeByRule(PlacementKind::RoundRobin, 8, 4, 2, /*replicate=*/false);
  EXPECT_EQ(slots.experts, (std::vector<int32_t>{0, 4, 1, 5, 2, 6, 3, 7}));
}

} // namespace
