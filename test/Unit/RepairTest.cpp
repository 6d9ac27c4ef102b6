//===- RepairTest.cpp - Shares, repairs, transfers, homes, windows --------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Balance/Repair.h"
#include "PlacementOracle.h"
#include "moe/Balance/HomeNodes.h"
#include "moe/Balance/Solvers.h"
#include "gtest/gtest.h"
#include <set>

using namespace mlir::moe;

static std::string fault(const PlacementCertificate &certificate) {
  return certificate.faults.empty() ? "" : certificate.faults.front();
}

/// By Hall's condition over all sets of experts: what no shares can be below.
static double bestOfShares(const PlacementProblem &problem,
                           const PlacementResult &result) {
  double most = 0;
  for (unsigned set = 1; set < 1U << problem.numExperts(); ++set) {
    double tokens = 0, speed = 0;
    std::set<int64_t> ranks;
    for (int64_t expert = 0; expert < problem.numExperts(); ++expert)
      if (set >> expert & 1)
        tokens += double(problem.loads[expert]);
    for (int64_t slot = 0; slot < problem.numSlots(); ++slot)
      if (result.experts[slot] >= 0 && (set >> result.experts[slot] & 1))
        ranks.insert(slot / problem.slots);
    for (int64_t rank : ranks)
      speed += problem.speedOf(rank);
    most = std::max(most, tokens / speed);
  }
  return most;
}

TEST(SolveShares, IsTheBestOfAPlacement) {
  std::mt19937_64 random(21);
  int runs = 0;
  while (runs < numRuns(3000)) {
    PlacementProblem problem = randomProblem(random, 5, 4);
    if (problem.numExperts() > 8)
      continue;
    if (random() % 2 == 0)
      for (int64_t rank = 0; rank < problem.ranks; ++rank)
        problem.speeds.push_back(0.25 + double(random() % 8) / 4);
    PlacementResult result = solveEven(problem);
    solveShares(problem, result);
    PlacementCertificate found = problem.verify(result);
    ASSERT_EQ(fault(found), "");
    double best = bestOfShares(problem, result);
    ASSERT_NEAR(found.maxLoad, best, 1e-9 * best + 1e-9) << runs;
    ++runs;
  }
}

TEST(Repair, KeepsToItsMovesAndSlots) {
  std::mt19937_64 random(22);
  for (int run = 0; run < 600; ++run) {
    PlacementProblem before = randomProblem(random, 6, 5), now = before;
    for (int64_t &load : now.loads)
      load = load * int64_t(50 + random() % 100) / 100;
    Dispatch dispatch = run % 2 == 0 ? Dispatch::Even : Dispatch::Weighted;
    PlacementResult from =
        dispatch == Dispatch::Even ? solveEven(before) : solveWeighted(before);
    RepairOptions options;
    options.dispatch = dispatch;
    options.target = 1;
    options.maxMoves = int64_t(random() % 6);
    PlacementResult repaired = repairPlacement(now, from, options);
    PlacementCertificate found = now.verify(repaired);
    ASSERT_EQ(fault(found), "") << run;
    PlacementResult still = from;
    if (dispatch == Dispatch::Weighted)
      solveShares(now, still);
    ASSERT_LE(found.maxLoad, now.verify(still).maxLoad * (1 + 1e-9)) << run;
    ASSERT_LE(
        int64_t(scheduleTransfers(now, from.experts, repaired.experts).size()),
        options.maxMoves)
        << run;
  }
}

// A copy that is given up moves nothing: expert 0 leaves the busy rank.
TEST(Repair, GivesCopiesUpFirst) {
  PlacementProblem problem{{40, 60, 10, 10}, 2, 3};
  PlacementResult from{{0, 1, -1, 0, 2, 3}, {0.5, 1, 0, 0.5, 1, 1}};
  RepairOptions options;
  options.dispatch = Dispatch::Even;
  PlacementResult repaired = repairPlacement(problem, from, options);
  EXPECT_EQ(repaired.experts, (std::vector<int32_t>{-1, 1, -1, 0, 2, 3}));
  EXPECT_TRUE(
      scheduleTransfers(problem, from.experts, repaired.experts).empty());
}

TEST(Repair, SendsInFewRoundsWithoutConflicts) {
  std::mt19937_64 random(23);
  for (int run = 0; run < 500; ++run) {
    PlacementProblem one = randomProblem(random, 8, 5), other = one;
    std::shuffle(other.loads.begin(), other.loads.end(), random);
    std::vector<int32_t> before = solveEven(one).experts;
    PlacementResult after = solveEven(other);
    keepSlots(one, before, after);
    std::vector<Transfer> transfers =
        scheduleTransfers(one, before, after.experts);
    std::vector<int64_t> out(one.ranks), in(one.ranks);
    std::set<std::pair<int64_t, int64_t>> senders, receivers;
    int64_t rounds = 0, busiest = 0;
    std::vector<int32_t> now = before;
    for (const Transfer &transfer : transfers) {
      ASSERT_TRUE(senders.insert({transfer.round, transfer.from}).second);
      ASSERT_TRUE(receivers.insert({transfer.round, transfer.to}).second);
      auto first = before.begin() + transfer.from * one.slots;
      ASSERT_NE(std::find(first, first + one.slots, transfer.expert),
                first + one.slots);
      now[transfer.slot] = transfer.expert;
      rounds = std::max(rounds, transfer.round + 1);
      busiest = std::max({busiest, ++out[transfer.from], ++in[transfer.to]});
    }
    ASSERT_EQ(rounds, busiest);
    // What was not sent was there already, or is empty now.
    for (int64_t slot = 0; slot < one.numSlots(); ++slot)
      if (after.experts[slot] >= 0) {
        auto first = now.begin() + slot / one.slots * one.slots;
        auto old = before.begin() + slot / one.slots * one.slots;
        ASSERT_TRUE(std::find(first, first + one.slots, after.experts[slot]) !=
                        first + one.slots ||
                    std::find(old, old + one.slots, after.experts[slot]) !=
                        old + one.slots);
      }
  }
}

TEST(Repair, ReadsAgainWhatADeadRankHad) {
  PlacementProblem problem{{10, 10, 10}, 2, 3};
  problem.usableSlots = {3, 0};
  std::vector<int32_t> before = {0, 1, -1, 2, -1, -1};
  PlacementResult repaired =
      repairPlacement(problem, {before, {1, 1, 0, 1, 0, 0}}, {});
  EXPECT_EQ(repaired.experts, (std::vector<int32_t>{0, 1, 2, -1, -1, -1}));
  std::vector<Transfer> transfers =
      scheduleTransfers(problem, before, repaired.experts);
  ASSERT_EQ(transfers.size(), 1U);
  EXPECT_EQ(transfers[0].from, Transfer::storage);
}

TEST(Repair, SendsFromTheCheapestRank) {
  PlacementProblem problem{{10, 10}, 3, 1};
  std::vector<std::vector<double>> costs = {{0, 1, 9}, {1, 0, 2}, {9, 2, 0}};
  std::vector<Transfer> transfers =
      scheduleTransfers(problem, {0, 0, 1}, {0, 0, 0}, costs);
  ASSERT_EQ(transfers.size(), 1U);
  EXPECT_EQ(transfers[0].from, 1);
}

// Two nodes: what a repair sends goes mostly over links inside them.
TEST(Repair, MovesWhatIsCheapToMove) {
  std::mt19937_64 random(29);
  for (Dispatch dispatch : {Dispatch::Even, Dispatch::Weighted}) {
    double cheap = 0, blind = 0;
    for (int run = 0; run < 40; ++run) {
      PlacementProblem one;
      one.ranks = 8, one.slots = 5;
      one.loads.resize(32);
      for (int64_t &load : one.loads)
        load = 1 + int64_t(random() % 1000);
      PlacementProblem other = one;
      for (int64_t &load : other.loads)
        load += int64_t(random() % 300);
      PlacementResult from = solveEven(one, {1e-3, 1 << 16});
      LinkCosts costs(8, std::vector<double>(8, 10));
      for (int64_t a = 0; a < 8; ++a)
        for (int64_t b = 0; b < 8; ++b)
          if (a / 4 == b / 4)
            costs[a][b] = a == b ? 0 : 1;
      auto spent = [&](bool aware) {
        RepairOptions options;
        options.dispatch = dispatch;
        options.target = 1.05;
        if (aware)
          options.costs = costs;
        double cost = 0;
        for (const Transfer &transfer : scheduleTransfers(
                 other, from.experts,
                 repairPlacement(other, from, options).experts, costs))
          cost += transfer.cost;
        return cost;
      };
      cheap += spent(true), blind += spent(false);
    }
    EXPECT_LT(cheap, blind * 0.7);
  }
}

// The dear transfers of two senders share a round.
TEST(Repair, PricesRounds) {
  PlacementProblem problem{{1, 1, 1, 1}, 4, 2};
  LinkCosts costs(4, std::vector<double>(4, 1));
  costs[0][3] = costs[1][2] = 7;
  std::vector<int32_t> before = {0, 1, 2, 3, -1, -1, -1, -1};
  std::vector<Transfer> transfers =
      scheduleTransfers(problem, before, {0, 1, 2, 3, 0, 2, 3, 1}, costs);
  ASSERT_EQ(transfers.size(), 4U);
  EXPECT_EQ(costOfRounds(transfers), 8);
  EXPECT_EQ(costOfRounds({}), 0);
}

TEST(SolveHome, BalancesNodesAndKeepsGroups) {
  std::mt19937_64 random(24);
  for (int run = 0; run < 500; ++run) {
    EplbHierarchy hierarchy;
    hierarchy.nodes = 1 + int64_t(random() % 4);
    hierarchy.groups = hierarchy.nodes * (1 + int64_t(random() % 3));
    PlacementProblem problem;
    problem.loads.resize(hierarchy.groups * (1 + random() % 5));
    problem.ranks = hierarchy.nodes * (1 + int64_t(random() % 3));
    int64_t perNode = problem.numExperts() / hierarchy.nodes;
    int64_t ranksPerNode = problem.ranks / hierarchy.nodes;
    // Room for every part that may have to be shipped.
    problem.slots =
        (perNode + ranksPerNode + problem.numExperts()) / ranksPerNode + 1;
    for (int64_t &load : problem.loads)
      load = int64_t(random() % 1000);
    ASSERT_TRUE(checkHome(problem, hierarchy).empty());
    HomePlacement found = solveHome(problem, hierarchy, Dispatch::Weighted);
    PlacementCertificate proof = problem.verify(found.result);
    ASSERT_EQ(fault(proof), "") << run;
    ASSERT_NEAR(proof.maxOverMean(), 1, 1e-9) << run;
    // With room enough nothing is shipped twice.
    ASSERT_NEAR(found.offHome, found.offHomeBound, 1e-9) << run;
    HomePlacement even = solveHome(problem, hierarchy, Dispatch::Even);
    ASSERT_EQ(fault(problem.verify(even.result)), "");
    ASSERT_EQ(even.offHome, 0);
  }
}

// As many slots as exact balance needs and no more: 8 nodes of 8 ranks.
TEST(SolveHome, ShipsHardlyMoreThanTheMinimum) {
  std::mt19937_64 random(27);
  std::lognormal_distribution<double> skewed(8, 1);
  for (int run = 0; run < 40; ++run) {
    EplbHierarchy hierarchy{8, 8};
    PlacementProblem problem;
    problem.ranks = 64, problem.slots = 5;
    problem.loads.resize(256);
    for (int64_t &load : problem.loads)
      load = int64_t(skewed(random));
    HomePlacement found = solveHome(problem, hierarchy, Dispatch::Weighted);
    PlacementCertificate proof = problem.verify(found.result);
    ASSERT_EQ(fault(proof), "") << run;
    ASSERT_NEAR(proof.maxOverMean(), 1, 1e-9) << run;
    ASSERT_LE(found.offHome, found.offHomeBound * 1.05) << run;
  }
}

TEST(SolveWindows, IsBetterForTheWorstThanAnyOfOne) {
  std::mt19937_64 random(25);
  double gain = 0;
  for (int run = 0; run < 60; ++run) {
    std::vector<PlacementProblem> windows(3);
    for (PlacementProblem &window : windows) {
      window.ranks = 8, window.slots = 5;
      window.loads.resize(32);
      for (int64_t &load : window.loads)
        load = 1 + int64_t(random() % 1000);
    }
    auto worst = [&](const PlacementResult &result) {
      double most = 0;
      for (const PlacementProblem &window : windows) {
        PlacementCertificate found = window.verify(result);
        EXPECT_EQ(fault(found), "");
        most = std::max(most, found.maxOverMean());
      }
      return most;
    };
    gain += worst(solveEven(windows[0])) - worst(solveWindows(windows));
  }
  EXPECT_GT(gain / 60, 0.1);
}

TEST(PlacementProblem, RespectsRanksThatDiffer) {
  std::mt19937_64 random(26);
  for (int run = 0; run < 500; ++run) {
    PlacementProblem problem = randomProblem(random, 6, 5);
    for (int64_t rank = 0; rank < problem.ranks; ++rank) {
      problem.usableSlots.push_back(int64_t(random() % (problem.slots + 1)));
      problem.speeds.push_back(0.5 + double(random() % 4) / 4);
    }
    if (!problem.check().empty())
      continue;
    for (bool even : {true, false}) {
      PlacementResult result =
          even ? solveEven(problem) : solveWeighted(problem);
      PlacementCertificate found = problem.verify(result);
      ASSERT_EQ(fault(found), "") << run;
      ASSERT_GE(found.maxLoad, found.bound * (1 - 1e-9)) << run;
    }
  }
  PlacementProblem few{{1, 2, 3}, 2, 2};
  few.usableSlots = {2, 0};
  EXPECT_EQ(few.check().front(), "3 experts do not fit the 2 usable slots; use "
                                 "more slots or fewer dead ranks");
  few.usableSlots = {2};
  EXPECT_EQ(few.check().front(),
            "expected a number of slots for each of 2 ranks, found 1");
}
