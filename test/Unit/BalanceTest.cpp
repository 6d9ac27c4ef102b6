//===- BalanceTest.cpp - Placements against enumeration -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlacementOracle.h"
#include "moe/Balance/PlacementProblem.h"
#include "moe/Balance/Solvers.h"
#include "moe/Json/Document.h"
#include "moe/Json/ObjectReader.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace mlir::moe;

static std::string fault(const PlacementCertificate &certificate) {
  return certificate.faults.empty() ? "" : certificate.faults.front();
}

TEST(PlacementProblem, NamesWhatIsWrong) {
  auto only = [](PlacementProblem problem) {
    std::vector<std::string> faults = problem.check();
    return faults.size() == 1 ? faults[0] : std::to_string(faults.size());
  };
  EXPECT_EQ(only({{1, 2}, 0, 1}), "experts need at least 1 rank, found 0");
  EXPECT_EQ(only({{1, 2}, 2, 0}), "a rank needs at least 1 slot, found 0");
  EXPECT_EQ(only({{}, 2, 1}), "there is no expert to place");
  EXPECT_EQ(only({{1, 2, 3}, 2, 1}),
            "3 experts do not fit 2 ranks of 1 slot; 2 slots on each rank are "
            "enough");
  EXPECT_EQ(only({{1, -7}, 2, 1}), "expert 1 has the load -7; a load is a "
                                   "number of tokens, at least 0");
  EXPECT_EQ(only({{1}, int64_t(1) << 40, 1}),
            "1099511627776 ranks of 1 slot are more than 16777216 slots");
  // 2^62 - 1 on 2 ranks still fits 64 bits, one token more does not.
  int64_t most = (int64_t(1) << 62) - 1;
  EXPECT_TRUE((PlacementProblem{{most, 0}, 2, 1}.check().empty()));
  EXPECT_NE(only({{most, 1}, 2, 1}).find("divide all loads"),
            std::string::npos);
}

TEST(PlacementProblem, VerifiesAnyAnswer) {
  PlacementProblem problem{{60, 40, 20}, 2, 2};
  auto verify = [&](std::vector<int32_t> experts, std::vector<double> weights) {
    return fault(problem.verify({std::move(experts), std::move(weights)}));
  };
  EXPECT_EQ(verify({0, -1, 1, 2}, {1, 0, 1, 1}), "");
  EXPECT_EQ(verify({0, 1, 2}, {1, 1, 1}),
            "expected 4 slots with a weight each, found 3 slots and 3 weights");
  EXPECT_EQ(verify({0, 0, 1, 2}, {.5, .5, 1, 1}),
            "rank 0 holds expert 0 twice");
  EXPECT_EQ(verify({0, 1, 1, -1}, {1, .5, .5, 0}), "expert 2 has no slot");
  EXPECT_EQ(verify({0, 1, 0, 2}, {.5, 1, .4, 1}),
            "the weights of expert 0 sum to 0.900000 instead of 1");
  EXPECT_EQ(verify({0, 1, 9, 2}, {1, 1, 1, 1}),
            "slot 2 holds expert 9, experts are 0 to 2");
  EXPECT_EQ(verify({0, 1, -1, 2}, {1, 1, 1, 1}),
            "slot 2 is empty but has a weight");
  EXPECT_EQ(verify({0, 1, 0, 2}, {2, 1, -1, 1}),
            "slot 0 has a weight outside 0 to 1");
  EXPECT_EQ(verify({0, 1, 0, 2}, {NAN, 1, 1, 1}),
            "slot 0 has a weight outside 0 to 1");
}

TEST(PlacementProblem, NamesWhatBinds) {
  // Half of the load has two slots at most: 100 tokens where the mean is 80.
  PlacementProblem hot{{200, 50, 50, 50, 50}, 5, 1};
  LoadBound bound = hot.lowerBound();
  EXPECT_EQ(bound.tokens, 200);
  EXPECT_EQ(bound.why, "200 tokens of expert 0 on 1 slot");
  PlacementCertificate certificate =
      hot.verify({{1, 2, 0, 3, 4}, {1, 1, 1, 1, 1}});
  EXPECT_EQ(certificate.heaviestRank, 2);
  EXPECT_EQ(certificate.heaviestExpert, 0);
  EXPECT_EQ(certificate.maxOverMean(), 2.5);
  EXPECT_EQ(certificate.gap(), 0);
  PlacementProblem spread{{10, 10, 10, 10}, 2, 2};
  EXPECT_EQ(spread.lowerBound().why, "");
}

// 3 redundant slots leave 4 chains of 7 ranks: one of them is a rank alone.
TEST(PlacementProblem, NamesTheRankThatIsFull) {
  PlacementProblem equal{std::vector<int64_t>(60, 5), 7, 9};
  EXPECT_EQ(equal.lowerBound().tokens, 45);
  EXPECT_EQ(equal.lowerBound().why, "1 rank full of the 9 lightest experts");
  EXPECT_EQ(equal.verify(solveWeighted(equal)).gap(), 0);
  PlacementProblem uneven{std::vector<int64_t>(64, 1), 3, 22};
  uneven.usableSlots = {22, 21, 21};
  EXPECT_EQ(uneven.lowerBound().why, "rank 0 full of the 22 lightest experts");
  EXPECT_EQ(uneven.verify(solveWeighted(uneven)).gap(), 0);
}

TEST(PlacementProblem, BoundIsTheSmallestThreshold) {
  std::mt19937_64 random(3);
  for (int run = 0; run < 20000; ++run) {
    PlacementProblem problem = randomProblem(random, 6, 4);
    double bound = problem.lowerBound().tokens;
    auto slotsFor = [&](double threshold) {
      int64_t slots = 0;
      for (int64_t load : problem.loads)
        slots +=
            std::max<int64_t>(1, std::ceil(double(load) / threshold - 1e-9));
      return slots;
    };
    double mean = double(problem.total()) / double(problem.ranks);
    ASSERT_GE(bound, mean);
    if (bound == 0)
      continue;
    ASSERT_LE(slotsFor(bound), problem.numSlots());
    // Fewer slots than that have further reasons.
    if (bound > mean &&
        problem.numSlots() >= problem.numExperts() + problem.ranks - 1) {
      ASSERT_GT(slotsFor(bound * (1 - 1e-6)), problem.numSlots());
    }
  }
}

TEST(SolveWeighted, IsExactWithEnoughSlots) {
  std::mt19937_64 random(1);
  int exact = 0;
  for (int run = 0; run < 20000; ++run) {
    PlacementProblem problem = randomProblem(random, 9, 6);
    ASSERT_TRUE(problem.check().empty());
    PlacementCertificate found = problem.verify(solveWeighted(problem));
    ASSERT_EQ(fault(found), "") << "run " << run;
    ASSERT_GE(found.maxLoad, found.bound * (1 - 1e-12)) << "run " << run;
    if (problem.numSlots() < problem.numExperts() + problem.ranks - 1)
      continue;
    ++exact;
    ASSERT_NEAR(found.maxOverMean(), 1, 1e-12) << "run " << run;
  }
  EXPECT_GT(exact, 4000);
}

// Compared with every placement there is.
TEST(SolveWeighted, IsNearTheBestBelowTheThreshold) {
  std::mt19937_64 random(2);
  double excess = 0, open = 0;
  int runs = 0;
  while (runs < numRuns(1000)) {
    PlacementProblem problem;
    problem.ranks = 2 + int64_t(random() % 3);
    problem.slots = 1 + int64_t(random() % 3);
    int64_t extra = int64_t(random() % (problem.ranks - 1));
    int64_t experts = problem.numSlots() - extra;
    if (experts > 7)
      continue;
    problem.loads.resize(experts);
    for (int64_t &load : problem.loads)
      load = int64_t(random() % 100) * int64_t(random() % 10 + 1);
    if (problem.total() == 0)
      continue;
    double best = PlacementOracle(problem).find().weighted;
    PlacementCertificate found = problem.verify(solveWeighted(problem));
    ASSERT_EQ(fault(found), "");
    ASSERT_LE(found.bound, best * (1 + 1e-9)) << problem.lowerBound().why;
    ASSERT_GE(found.maxLoad, best * (1 - 1e-9));
    excess += found.maxLoad / best - 1;
    open += best / found.bound - 1;
    ++runs;
  }
  EXPECT_LT(excess / runs, 0.005);
  EXPECT_LT(open / runs, 0.05);
}

// Without redundant slots, heavy experts among lighter ones.
TEST(PlacementProblem, BoundKnowsTheCompanyOfTheHeaviest) {
  std::mt19937_64 random(14);
  int runs = 0, byCompany = 0;
  for (; runs < numRuns(400); ++runs) {
    PlacementProblem problem;
    problem.ranks = 2;
    problem.slots = 3 + int64_t(random() % 2);
    problem.loads.resize(problem.numSlots());
    for (int64_t &load : problem.loads)
      load = int64_t(random() % 100);
    for (int64_t rank = 0; rank < problem.ranks; ++rank)
      problem.loads[rank] += 300;
    double best = PlacementOracle(problem).findEven();
    LoadBound bound = problem.lowerBound();
    ASSERT_LE(bound.tokens, best) << bound.why;
    if (llvm::StringRef(bound.why).contains("beside each of the")) {
      ++byCompany;
      ASSERT_EQ(bound.tokens, best) << bound.why;
    }
  }
  EXPECT_GT(byCompany, runs / 4);
}

TEST(SolveWeighted, DoesNotRoundLargeLoads) {
  int64_t large = (int64_t(1) << 60) + 12345;
  PlacementProblem problem{{large, 1, 3, 0}, 3, 2};
  ASSERT_TRUE(problem.check().empty());
  PlacementCertificate found = problem.verify(solveWeighted(problem));
  EXPECT_EQ(fault(found), "");
  EXPECT_NEAR(found.maxOverMean(), 1, 1e-12);
}

// Quadratic work anywhere would take hours here.
TEST(SolveWeighted, EndsOnLargeProblems) {
  PlacementProblem wide{{5, 1, 0}, 1 << 18, 2};
  EXPECT_NEAR(wide.verify(solveWeighted(wide)).maxOverMean(), 1, 1e-9);
  PlacementProblem deep;
  deep.ranks = 3, deep.slots = 1 << 17;
  std::mt19937_64 random(4);
  deep.loads.resize(deep.numSlots());
  for (int64_t &load : deep.loads)
    load = int64_t(random() % 1000);
  EXPECT_LT(deep.verify(solveWeighted(deep)).gap(), 0.001);
}

/// Compares with what EPLB itself printed (test/Inputs/eplb names the commit).
TEST(SolveEplb, EqualsTheOriginal) {
  int layers = 0;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator file(MOE_TEST_INPUTS "/eplb", error),
       end;
       file != end && !error; file.increment(error)) {
    if (!llvm::StringRef(file->path()).ends_with(".json"))
      continue;
    InputErrors errors;
    auto document = json::Document::readFile(file->path(), errors);
    ASSERT_TRUE(document) << file->path();
    json::ObjectReader root(document->root(), "$", document->file(), errors);
    const json::Value &weight = root.find("weight")->value;
    const json::Value &expected = root.find("phy2log")->value;
    for (size_t layer = 0; layer < weight.elements().size();
         ++layer, ++layers) {
      PlacementProblem problem;
      problem.ranks = *root.integer("num_gpus");
      problem.slots = *root.integer("num_replicas") / problem.ranks;
      for (const json::Value &load : weight.elements()[layer].elements())
        problem.loads.push_back(load.integer());
      std::vector<int32_t> original;
      for (const json::Value &slot : expected.elements()[layer].elements())
        original.push_back(int32_t(slot.integer()));
      PlacementResult found = solveEplb(
          problem, {*root.integer("num_groups"), *root.integer("num_nodes")});
      EXPECT_EQ(found.experts, original) << file->path() << " layer " << layer;
      EXPECT_EQ(fault(problem.verify(found, Duplicates::Allowed)), "");
    }
  }
  EXPECT_EQ(layers, 15);
}

TEST(SolveEplb, NamesWhatDoesNotDivide) {
  PlacementProblem problem{{1, 2, 3, 4}, 3, 2};
  EXPECT_TRUE(checkEplb(problem, {}).empty());
  EXPECT_EQ(
      checkEplb(problem, {2, 2}).front(),
      "3 ranks are not a multiple of 2 nodes; use nodes with equally many "
      "ranks, or 1");
  EXPECT_EQ(
      checkEplb(problem, {3, 1}).front(),
      "4 experts are not a multiple of 3 groups; use the number of router "
      "groups of the model, or 1");
}
