//===- SlotOrderTest.cpp - Ranks on GPUs against enumeration --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Crossing bytes are those of every message, one by one; the order that is
// found is the best of all orders, never worse than the given one, and for
// eight ranks no better than the best of all 40,320 assignments.
//
//===----------------------------------------------------------------------===//

#include "moe/Topology/SlotOrder.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <map>
#include <numeric>
#include <random>
#include <set>

using namespace llvm;
using namespace mlir::moe;

/// Bytes between units, message by message. Times size - 1, so that the share
/// of a pair is whole.
static int64_t crossingOneByOne(const GroupTraffic &traffic,
                                ArrayRef<int64_t> slotOfRank, int64_t unit) {
  const RankGroups &groups = traffic.groups;
  int64_t size = groups.size(), total = 0;
  for (int64_t group = 0; group < groups.count(); ++group) {
    std::vector<int64_t> units;
    for (int64_t member = 0; member < size; ++member)
      units.push_back(slotOfRank[groups.rankAt(group, member)] / unit);
    if (traffic.pattern == ExchangePattern::AllToAll) {
      for (int64_t a : units)
        for (int64_t b : units)
          total += a != b ? traffic.bytes : 0;
      continue;
    }
    // A ring visits the members of one unit before it goes on.
    bool isRing = traffic.pattern == ExchangePattern::Ring;
    if (isRing)
      llvm::sort(units);
    for (int64_t member = 0; member + !isRing < size; ++member)
      if (units[member] != units[(member + 1) % size])
        total += traffic.bytes * (size - 1);
  }
  return total;
}

static RankGroups along(ArrayRef<int64_t> grid, ArrayRef<unsigned> axes) {
  return RankSpace(grid).groupsAlong(axes);
}

/// Bytes of what must change the rail, one group and one message at a time.
static int64_t betweenRailsOneByOne(const GroupTraffic &traffic,
                                    ArrayRef<int64_t> slotOfRank,
                                    const Rails &rails) {
  const RankGroups &groups = traffic.groups;
  auto railOf = [&](int64_t slot) {
    return rails.ofHostSlot[slot % rails.ofHostSlot.size()];
  };
  int64_t size = groups.size(), total = 0;
  for (int64_t group = 0; group < groups.count(); ++group) {
    // The group alone, as ranks 0 to size - 1.
    std::vector<int64_t> slots;
    std::map<int64_t, std::set<int64_t>> railsOfUnit;
    for (int64_t member = 0; member < size; ++member) {
      slots.push_back(slotOfRank[groups.rankAt(group, member)]);
      railsOfUnit[slots.back() / rails.unit].insert(railOf(slots.back()));
    }
    if (traffic.pattern == ExchangePattern::Chain) {
      for (int64_t member = 1; member < size; ++member)
        if (slots[member] / rails.unit != slots[member - 1] / rails.unit &&
            railOf(slots[member]) != railOf(slots[member - 1]))
          total += traffic.bytes * (size - 1);
      continue;
    }
    bool keeps = llvm::all_of(railsOfUnit, [&](const auto &unit) {
      return unit.second == railsOfUnit.begin()->second;
    });
    GroupTraffic alone = {along({size}, {0}), traffic.pattern, traffic.bytes};
    if (!keeps)
      total += crossingOneByOne(alone, slots, rails.unit);
  }
  return total;
}

namespace {
class RandomProblem {
public:
  explicit RandomProblem(unsigned seed) : random(seed) {}

  OrderProblem next(ArrayRef<int64_t> grid) {
    OrderProblem problem;
    problem.grid.assign(grid.begin(), grid.end());
    for (int i = 0; i < 4; ++i) {
      SmallVector<unsigned> axes;
      for (unsigned axis = 0; axis < grid.size(); ++axis)
        if (random() % 2)
          axes.push_back(axis);
      problem.traffic.push_back({along(grid, axes),
                                 ExchangePattern(random() % 3),
                                 int64_t(random() % 100) * 105});
    }
    problem.units = {4, 2};
    return problem;
  }

private:
  std::mt19937 random;
};
} // namespace

TEST(SlotOrder, CrossingBytesAreThoseOfEveryMessage) {
  RandomProblem random(1);
  std::mt19937 shuffle(2);
  for (int i = 0; i < 200; ++i) {
    OrderProblem problem = random.next({2, 3, 2, 2});
    std::vector<int64_t> slots(24);
    std::iota(slots.begin(), slots.end(), 0);
    std::shuffle(slots.begin(), slots.end(), shuffle);
    for (const GroupTraffic &traffic : problem.traffic)
      for (int64_t unit : {1, 2, 3, 5, 8, 24})
        EXPECT_EQ(crossingBytes(traffic, slots, unit),
                  traffic.groups.size() < 2
                      ? 0
                      : crossingOneByOne(traffic, slots, unit) /
                            (traffic.groups.size() - 1));
  }
}

TEST(SlotOrder, BytesBetweenRailsAreThoseOfEveryGroup) {
  RandomProblem random(5);
  std::mt19937 shuffle(6);
  const Rails choices[] = {{{0, 1, 2, 3}, 4},
                           {{0, 0, 1, 1}, 4},
                           {{0, 1}, 2},
                           {{0, 1}, 8}, // four hosts share NVLink
                           {{0, 1, 0}, 3}};
  int64_t some = 0, none = 0;
  for (int i = 0; i < 200; ++i) {
    OrderProblem problem = random.next({2, 3, 2, 2});
    std::vector<int64_t> slots(24);
    std::iota(slots.begin(), slots.end(), 0);
    if (i % 2)
      std::shuffle(slots.begin(), slots.end(), shuffle);
    for (const GroupTraffic &traffic : problem.traffic)
      for (const Rails &rails : choices) {
        int64_t bytes = bytesBetweenRails(traffic, slots, rails);
        EXPECT_LE(bytes, crossingBytes(traffic, slots, rails.unit));
        EXPECT_EQ(bytes, traffic.groups.size() < 2
                             ? 0
                             : betweenRailsOneByOne(traffic, slots, rails) /
                                   (traffic.groups.size() - 1));
        ++(bytes ? some : none);
      }
  }
  EXPECT_GT(some, 100);
  EXPECT_GT(none, 100);
  EXPECT_EQ(bytesBetweenRails({along({4}, {0}), ExchangePattern::Ring, 9},
                              {0, 3, 5, 6}, Rails()),
            0);
}

/// A chain of four over hosts of two GPUs crosses once from the second GPU to a
/// first, or, with its members on hosts of their own, three times between GPUs
/// of one number; what the rings move makes up for that.
TEST(SlotOrder, KeepsRailsWhereTrafficTies) {
  OrderProblem problem;
  problem.grid = {2, 4};
  problem.units = {2};
  problem.hostSlots = 2;
  problem.traffic = {{along({2, 4}, {1}), ExchangePattern::Chain, 2},
                     {along({2, 4}, {0}), ExchangePattern::Ring, 1}};
  EXPECT_TRUE(findSlotOrder(problem).isGiven());
  problem.rails = {{0, 1}, 2};
  EXPECT_EQ(givenOrder(problem).betweenRails, 4);
  SlotOrder found = findSlotOrder(problem);
  EXPECT_EQ(found.crossing, givenOrder(problem).crossing);
  EXPECT_EQ(found.betweenRails, 0);
  EXPECT_EQ(found.dims, (SmallVector<unsigned>{1, 0}));
  problem.rails = {{0, 0}, 2}; // one adapter for both GPUs
  EXPECT_TRUE(findSlotOrder(problem).isGiven());
}

static SmallVector<int64_t> crossingOf(const OrderProblem &problem,
                                       ArrayRef<int64_t> slots) {
  SmallVector<int64_t> crossing;
  for (int64_t unit : problem.units) {
    crossing.push_back(0);
    for (const GroupTraffic &traffic : problem.traffic)
      crossing.back() += crossingBytes(traffic, slots, unit);
  }
  return crossing;
}

static bool isLess(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

TEST(SlotOrder, IsTheBestOfAllOrdersAndNeverWorse) {
  RandomProblem random(3);
  for (int i = 0; i < 100; ++i) {
    OrderProblem problem = random.next({2, 2, 3, 2});
    SlotOrder found = findSlotOrder(problem);
    SlotOrder given = givenOrder(problem);
    EXPECT_FALSE(isLess(given.crossing, found.crossing));
    EXPECT_EQ(found.crossing, crossingOf(problem, found.slotOfRank));
    // Each rank has a slot of its own.
    std::set<int64_t> slots(found.slotOfRank.begin(), found.slotOfRank.end());
    EXPECT_EQ(slots.size(), 24u);
    EXPECT_EQ(*slots.rbegin(), 23);

    // By coordinates, not by strides: dims[0] is the slowest.
    SmallVector<unsigned> dims = {0, 1, 2, 3};
    SmallVector<int64_t> best = given.crossing;
    do {
      std::vector<std::pair<std::vector<int64_t>, int64_t>> ranks;
      RankSpace space(problem.grid);
      for (int64_t rank = 0; rank < 24; ++rank) {
        std::vector<int64_t> key;
        for (unsigned dim : dims)
          key.push_back(space.coordinate(rank, dim));
        ranks.emplace_back(key, rank);
      }
      llvm::sort(ranks);
      std::vector<int64_t> slotOfRank(24);
      for (size_t slot = 0; slot < ranks.size(); ++slot)
        slotOfRank[ranks[slot].second] = slot;
      SmallVector<int64_t> crossing = crossingOf(problem, slotOfRank);
      if (isLess(crossing, best))
        best = crossing;
    } while (std::next_permutation(dims.begin(), dims.end()));
    EXPECT_EQ(found.crossing, best);
  }
}

TEST(SlotOrder, NoAssignmentOfEightRanksBeatsItByMuch) {
  RandomProblem random(4);
  int same = 0, all = 0;
  for (int i = 0; i < 12; ++i) {
    OrderProblem problem = random.next({2, 2, 2});
    SlotOrder found = findSlotOrder(problem);
    std::vector<int64_t> slots(8);
    std::iota(slots.begin(), slots.end(), 0);
    SmallVector<int64_t> best = found.crossing;
    do {
      SmallVector<int64_t> crossing = crossingOf(problem, slots);
      if (isLess(crossing, best))
        best = crossing;
    } while (std::next_permutation(slots.begin(), slots.end()));
    EXPECT_FALSE(isLess(found.crossing, best));
    same += found.crossing == best;
    ++all;
  }
  // Orders of dimensions are few, and mostly as good as any assignment.
  EXPECT_GE(same, all * 2 / 3);
}

TEST(SlotOrder, BringsTogetherWhatExchangesMost) {
  // Pipeline stages inside of data parallelism: EP groups of eight would span
  // four hosts of eight.
  OrderProblem problem;
  problem.grid = {8, 4};
  problem.units = {8};
  problem.hostSlots = 8;
  problem.traffic = {
      {along(problem.grid, {0}), ExchangePattern::AllToAll, 1000},
      {along(problem.grid, {1}), ExchangePattern::Chain, 10}};
  SlotOrder found = findSlotOrder(problem);
  EXPECT_EQ(found.dims, (SmallVector<unsigned>{1, 0}));
  EXPECT_EQ(found.crossing[0], 8 * 3 * 10);
  EXPECT_EQ(givenOrder(problem).crossing[0], 4 * 8 * 1000 * 6 / 7);
}

TEST(SlotOrder, KeepsExpertGroupsNodeMajor) {
  // The best order would deal the members of a group out to the hosts in turn.
  OrderProblem problem;
  problem.grid = {2, 4, 2};
  problem.units = {4};
  problem.hostSlots = 4;
  RankGroups experts = along(problem.grid, {1, 2});
  problem.traffic = {
      {experts, ExchangePattern::AllToAll, 10},
      {along(problem.grid, {0, 1}), ExchangePattern::Ring, 10000}};
  SlotOrder free = findSlotOrder(problem);
  problem.nodeMajor = {experts};
  SlotOrder bound = findSlotOrder(problem);
  EXPECT_LE(free.crossing[0], bound.crossing[0]);
  for (int64_t group = 0; group < experts.count(); ++group)
    for (int64_t member = 1; member < experts.size(); ++member)
      EXPECT_LE(bound.slotOfRank[experts.rankAt(group, member - 1)] / 4,
                bound.slotOfRank[experts.rankAt(group, member)] / 4);
}

TEST(SlotOrder, CountsBeyond64BitsAsMany) {
  OrderProblem problem;
  problem.grid = {4, 2};
  problem.units = {2};
  problem.traffic = {
      {along(problem.grid, {0}), ExchangePattern::Ring, INT64_MAX / 2},
      {along(problem.grid, {0}), ExchangePattern::AllToAll, INT64_MAX}};
  EXPECT_EQ(findSlotOrder(problem).crossing[0], INT64_MAX);
}
