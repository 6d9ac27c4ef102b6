//===- TopologyTest.cpp - Rank arithmetic against enumeration -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every result of the rank arithmetic compared with plain enumeration of the
// ranks, over all three-axis grids of some small worlds.
//
//===----------------------------------------------------------------------===//

#include "moe/Topology/RankSpace.h"

#include "gtest/gtest.h"
#include <map>
#include <vector>

using namespace mlir::moe;

namespace {

using Ranks = std::vector<int64_t>;
constexpr int64_t worldSizes[] = {8, 12, 16, 24, 36};

/// All grids of three axes with `numRanks` ranks.
std::vector<RankSpace> threeAxisSpaces(int64_t numRanks) {
  std::vector<RankSpace> spaces;
  for (int64_t major = 1; major <= numRanks; ++major)
    for (int64_t middle = 1; middle <= numRanks / major; ++middle)
      if (numRanks % (major * middle) == 0)
        spaces.push_back(
            RankSpace({major, middle, numRanks / (major * middle)}));
  return spaces;
}

/// Coordinates of every rank, counted up like an odometer.
std::vector<Ranks> odometer(llvm::ArrayRef<int64_t> sizes, int64_t numRanks) {
  std::vector<Ranks> points;
  Ranks point(sizes.size(), 0);
  for (int64_t rank = 0; rank < numRanks; ++rank) {
    points.push_back(point);
    for (size_t axis = sizes.size(); axis-- > 0;) {
      if (++point[axis] < sizes[axis])
        break;
      point[axis] = 0;
    }
  }
  return points;
}

/// The groups along the axes of `mask`, by comparing coordinates: ranks that
/// agree on all other axes, in the order of their first rank.
std::vector<Ranks> enumerateGroups(llvm::ArrayRef<int64_t> sizes,
                                   int64_t numRanks, unsigned mask) {
  std::vector<Ranks> points = odometer(sizes, numRanks);
  std::map<Ranks, size_t> groupOf;
  std::vector<Ranks> groups;
  for (int64_t rank = 0; rank < numRanks; ++rank) {
    Ranks others = points[rank];
    for (size_t axis = 0; axis < others.size(); ++axis)
      if (mask >> axis & 1)
        others[axis] = 0;
    auto [entry, isNew] = groupOf.try_emplace(others, groups.size());
    if (isNew)
      groups.emplace_back();
    groups[entry->second].push_back(rank);
  }
  return groups;
}

std::vector<Ranks> expand(const RankGroups &groups) {
  std::vector<Ranks> lists(groups.count());
  for (int64_t group = 0; group < groups.count(); ++group)
    for (int64_t member = 0; member < groups.size(); ++member)
      lists[group].push_back(groups.rankAt(group, member));
  return lists;
}

Ranks expand(const Box &box) {
  Ranks points;
  for (int64_t index = 0; index < box.size(); ++index)
    points.push_back(box.at(index));
  return points;
}

bool isPartition(const RankGroups &groups, int64_t worldSize) {
  std::vector<int> seen(worldSize, 0);
  for (const Ranks &group : expand(groups))
    for (int64_t rank : group) {
      if (rank < 0 || rank >= worldSize)
        return false;
      ++seen[rank];
    }
  return llvm::all_of(seen, [](int count) { return count == 1; });
}

/// Calls `visit` with every box of up to two dimensions with sizes 1..maxSize
/// and strides 1..maxStride.
template <typename Visit>
void forEachSmallBox(int64_t maxSize, int64_t maxStride, Visit visit) {
  std::vector<BoxDim> dims;
  for (int64_t size = 1; size <= maxSize; ++size)
    for (int64_t stride = 1; stride <= maxStride; ++stride)
      dims.push_back({size, stride});
  visit(Box{});
  for (const BoxDim &major : dims) {
    visit(Box{{major}});
    for (const BoxDim &minor : dims)
      visit(Box{{major, minor}});
  }
}

TEST(BoxTest, EnumeratesMajorToMinor) {
  Box box{{{4, 32}, {8, 1}}};
  EXPECT_EQ(box.size(), 32);
  EXPECT_EQ(box.at(0), 0);
  EXPECT_EQ(box.at(7), 7);
  EXPECT_EQ(box.at(8), 32);
  EXPECT_EQ(box.at(31), 103);
  EXPECT_EQ(expand(Box{}), Ranks{0});
}

TEST(BoxTest, SimplifiedKeepsTheEnumeration) {
  EXPECT_EQ((Box{{{4, 8}, {8, 1}}}.simplified()), (Box{{{32, 1}}}));
  EXPECT_EQ((Box{{{1, 5}, {3, 4}, {1, 9}}}.simplified()), (Box{{{3, 4}}}));
  forEachSmallBox(4, 6, [](const Box &box) {
    EXPECT_EQ(expand(box.simplified()), expand(box));
  });
}

TEST(BoxTest, SimplifiedJoinsWhatCanBeJoined) {
  forEachSmallBox(4, 6, [](const Box &box) {
    Box simple = box.simplified();
    for (size_t i = 0; i + 1 < simple.dims.size(); ++i)
      EXPECT_NE(simple.dims[i].stride,
                simple.dims[i + 1].size * simple.dims[i + 1].stride);
    for (const BoxDim &dim : simple.dims)
      EXPECT_GT(dim.size, 1);
  });
}

TEST(RankSpaceTest, CoordinatesMatchTheOdometer) {
  for (int64_t numRanks : worldSizes)
    for (const RankSpace &space : threeAxisSpaces(numRanks)) {
      ASSERT_EQ(space.numRanks(), numRanks);
      std::vector<Ranks> points = odometer(space.sizes(), numRanks);
      for (int64_t rank = 0; rank < numRanks; ++rank)
        for (unsigned axis = 0; axis < space.numAxes(); ++axis)
          ASSERT_EQ(space.coordinate(rank, axis), points[rank][axis]);
    }
}

TEST(RankSpaceTest, GroupsAlongEveryAxisSubset) {
  for (int64_t numRanks : worldSizes)
    for (const RankSpace &space : threeAxisSpaces(numRanks))
      for (unsigned mask = 0; mask < 8; ++mask) {
        llvm::SmallVector<unsigned> axes;
        // Minor axes first: the order of the list must not matter.
        for (unsigned axis = 3; axis-- > 0;)
          if (mask >> axis & 1)
            axes.push_back(axis);
        RankGroups groups = space.groupsAlong(axes);
        ASSERT_EQ(expand(groups),
                  enumerateGroups(space.sizes(), numRanks, mask));
        EXPECT_EQ(groups.groups, groups.groups.simplified());
        EXPECT_EQ(groups.members, groups.members.simplified());
        EXPECT_TRUE(groups.partitions(numRanks));
        EXPECT_FALSE(groups.partitions(numRanks - 1));
        EXPECT_FALSE(groups.partitions(2 * numRanks));
      }
}

TEST(RankSpaceTest, ColorAndKeyInvertRankAt) {
  for (int64_t numRanks : worldSizes)
    for (const RankSpace &space : threeAxisSpaces(numRanks))
      for (unsigned axis = 0; axis < 3; ++axis) {
        RankGroups groups = space.groupsAlong({axis});
        for (int64_t group = 0; group < groups.count(); ++group)
          for (int64_t member = 0; member < groups.size(); ++member) {
            int64_t rank = groups.rankAt(group, member);
            ASSERT_EQ(groups.colorOf(rank), group);
            ASSERT_EQ(groups.keyOf(rank), member);
          }
      }
}

TEST(RankSpaceTest, NoAxes) {
  RankSpace space({});
  EXPECT_EQ(space.numRanks(), 1);
  EXPECT_TRUE(space.groupsAlong({}).partitions(1));
}

TEST(RankGroupsTest, PartitionsAgreesWithCounting) {
  int64_t numPartitions = 0, numOthers = 0;
  forEachSmallBox(3, 4, [&](const Box &groups) {
    forEachSmallBox(3, 4, [&](const Box &members) {
      RankGroups family{groups, members};
      for (int64_t worldSize : {family.count() * family.size(), int64_t(8)}) {
        bool expected = isPartition(family, worldSize);
        ASSERT_EQ(family.partitions(worldSize), expected);
        ++(expected ? numPartitions : numOthers);
      }
    });
  });
  EXPECT_GT(numPartitions, 500);
  EXPECT_GT(numOthers, 5000);
}

TEST(RankGroupsTest, PartitionsOfHugeAndMalformedBoxes) {
  constexpr int64_t huge = int64_t(1) << 31;
  EXPECT_TRUE((RankGroups{{{{huge / 8, 8}}}, {{{8, 1}}}}.partitions(huge)));
  EXPECT_FALSE((RankGroups{{{{huge, huge}}}, {{{huge, 1}}}}.partitions(0)));
  EXPECT_FALSE((RankGroups{{{{0, 1}}}, {}}.partitions(0)));
  EXPECT_FALSE((RankGroups{{{{2, 0}}}, {}}.partitions(2)));
  EXPECT_FALSE((RankGroups{{{{-2, 1}}}, {{{-4, -2}}}}.partitions(8)));
}

TEST(CountRanksTest, RefusesWhatHasNoCount) {
  EXPECT_EQ(countRanks({4, 2, 8}), 64);
  EXPECT_EQ(countRanks({}), 1);
  EXPECT_EQ(countRanks({4, 0}), std::nullopt);
  EXPECT_EQ(countRanks({-4, -2}), std::nullopt);
  EXPECT_EQ(countRanks({int64_t(1) << 32, int64_t(1) << 31}), std::nullopt);
}

TEST(RefineTest, ExampleOfTheDesign) {
  auto result = refine(RankSpace({4, 4, 8}), RankSpace({4, 2, 16}));
  auto &refinement = std::get<Refinement>(result);
  EXPECT_EQ(refinement.grid, (llvm::SmallVector<int64_t, 6>{4, 2, 2, 8}));
  using Run = llvm::SmallVector<int16_t, 2>;
  EXPECT_EQ(refinement.first, (llvm::SmallVector<Run, 6>{{0}, {1, 2}, {3}}));
  EXPECT_EQ(refinement.second, (llvm::SmallVector<Run, 6>{{0}, {1}, {2, 3}}));
}

TEST(RefineTest, AxesOfSizeOneAreEmptyRuns) {
  auto result = refine(RankSpace({1, 4, 1}), RankSpace({2, 1, 2}));
  auto &refinement = std::get<Refinement>(result);
  EXPECT_EQ(refinement.grid, (llvm::SmallVector<int64_t, 6>{2, 2}));
  EXPECT_TRUE(refinement.first[0].empty());
  EXPECT_TRUE(refinement.first[2].empty());
  EXPECT_TRUE(refinement.second[1].empty());
}

/// Each axis of `space`, seen as its run of grid dimensions, has the groups
/// that enumeration gives.
void expectSameGroups(const RankSpace &space, const Refinement &refinement,
                      llvm::ArrayRef<llvm::SmallVector<int16_t, 2>> runs) {
  RankSpace grid(refinement.grid);
  for (unsigned axis = 0; axis < space.numAxes(); ++axis) {
    llvm::SmallVector<unsigned> dims(runs[axis].begin(), runs[axis].end());
    ASSERT_EQ(expand(grid.groupsAlong(dims)),
              enumerateGroups(space.sizes(), space.numRanks(), 1U << axis));
  }
}

TEST(RefineTest, AllPairsAgreeWithEnumeration) {
  int refinable = 0, others = 0;
  for (int64_t numRanks : worldSizes)
    for (const RankSpace &first : threeAxisSpaces(numRanks))
      for (const RankSpace &second : threeAxisSpaces(numRanks)) {
        auto result = refine(first, second);
        if (auto *none = std::get_if<NoRefinement>(&result)) {
          EXPECT_NE(none->largerCut % none->smallerCut, 0);
          ++others;
          continue;
        }
        auto &refinement = std::get<Refinement>(result);
        expectSameGroups(first, refinement, refinement.first);
        expectSameGroups(second, refinement, refinement.second);
        ++refinable;
      }
  EXPECT_EQ(refinable, 1939);
  EXPECT_EQ(others, 906);
}

TEST(RefineTest, NamesTheCutsThatDoNotDivide) {
  auto result = refine(RankSpace({3, 8}), RankSpace({4, 6}));
  EXPECT_EQ(std::get<NoRefinement>(result).smallerCut, 6);
  EXPECT_EQ(std::get<NoRefinement>(result).largerCut, 8);
}

TEST(RefineTest, DifferentNumbersOfRanks) {
  auto result = refine(RankSpace({4, 8}), RankSpace({2, 8}));
  EXPECT_EQ(std::get<NoRefinement>(result).smallerCut, 16);
  EXPECT_EQ(std::get<NoRefinement>(result).largerCut, 32);
}

TEST(RefineTest, LargeWorlds) {
  constexpr int64_t large = int64_t(1) << 62;
  auto result = refine(RankSpace({large / 8, 8}), RankSpace({2, large / 2}));
  EXPECT_EQ(std::get<Refinement>(result).grid,
            (llvm::SmallVector<int64_t, 6>{2, large / 16, 8}));
}

} // namespace
