//===- EvenPlacementTest.cpp - Even shares against enumeration ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlacementOracle.h"
#include "moe/Balance/LoadGenerator.h"
#include "moe/Balance/Solvers.h"
#include "gtest/gtest.h"
#include <cstdio>

using namespace mlir::moe;

static std::string fault(const PlacementCertificate &certificate) {
  return certificate.faults.empty() ? "" : certificate.faults.front();
}

static PlacementCertificate certify(const PlacementProblem &problem,
                                    const PlacementResult &result) {
  return problem.verify(result, Duplicates::Forbidden, Dispatch::Even);
}

namespace {
/// Says how much the tests of placements rest on.
class CountEnumerated : public testing::Environment {
public:
  void TearDown() override {
    std::printf("compared with all placements: %lld instances\n",
                (long long)numEnumerated());
  }
};
} // namespace

static testing::Environment *const counting =
    testing::AddGlobalTestEnvironment(new CountEnumerated);

// Compared with every placement there is, where ranks have two slots and more.
TEST(SolveEven, IsNearTheBest) {
  std::mt19937_64 random(7);
  double excess = 0;
  int runs = 0, optimal = 0;
  while (runs < numRuns(1500)) {
    PlacementProblem problem = randomProblem(random, 4, 3);
    if (problem.numExperts() > 6 || problem.total() == 0)
      continue;
    double best = PlacementOracle(problem).find().even;
    PlacementResult result = solveEven(problem);
    PlacementCertificate found = certify(problem, result);
    ASSERT_EQ(fault(found), "");
    ASSERT_LE(found.bound, best * (1 + 1e-9))
        << problem.lowerBound(Dispatch::Even).why;
    ASSERT_GE(found.maxLoad, best * (1 - 1e-9));
    optimal += found.maxLoad <= best * (1 + 1e-9);
    excess += found.maxLoad / best - 1;
    ++runs;
  }
  EXPECT_LT(excess / runs, 0.002);
  EXPECT_GT(optimal, runs * 95 / 100);
}

// Few experts in two slots a rank are enumerated, also for the bound.
TEST(SolveEven, IsTheBestOfPairs) {
  std::mt19937_64 random(8);
  int runs = 0;
  while (runs < numRuns(1000)) {
    PlacementProblem problem;
    problem.ranks = 2 + int64_t(random() % 3);
    problem.slots = 2;
    problem.loads.resize(problem.ranks +
                         int64_t(random() % (problem.ranks + 1)));
    if (problem.numExperts() > 7)
      continue;
    for (int64_t &load : problem.loads)
      load = 1 + int64_t(random() % 100) * int64_t(random() % 10);
    double best = PlacementOracle(problem).find().even;
    PlacementCertificate found = certify(problem, solveEven(problem));
    ASSERT_EQ(fault(found), "");
    ASSERT_NEAR(found.maxLoad, best, best * 1e-9) << runs;
    ASSERT_NEAR(found.bound, best, best * 1e-9) << runs;
    ++runs;
  }
}

// More of them have a bound that is close to what is found.
TEST(SolveEven, IsNearTheBoundOfPairs) {
  std::mt19937_64 random(12);
  double open = 0;
  int runs = numRuns(60);
  for (int run = 0; run < runs; ++run) {
    PlacementProblem problem;
    problem.ranks = 20 + int64_t(random() % 20);
    problem.slots = 2;
    problem.loads.resize(problem.ranks +
                         int64_t(random() % (problem.ranks / 2)));
    std::lognormal_distribution<double> skewed(6, 1);
    for (int64_t &load : problem.loads)
      load = int64_t(skewed(random));
    PlacementCertificate found =
        certify(problem, solveEven(problem, {1e-3, 1 << 18}));
    ASSERT_EQ(fault(found), "");
    ASSERT_GE(found.maxLoad, found.bound * (1 - 1e-9)) << run;
    open += found.gap();
  }
  EXPECT_LT(open / runs, 0.02);
}

// Few experts with many copies meet themselves when their copies are paired.
TEST(SolveEven, PairsCopiesOfFewExperts) {
  std::mt19937_64 random(15);
  std::lognormal_distribution<double> skewed(10, 1.5);
  for (int run = 0; run < numRuns(12); ++run) {
    PlacementProblem problem;
    problem.ranks = 200 + int64_t(random() % 200);
    problem.slots = 2;
    problem.loads.resize(60 + int64_t(random() % 60));
    for (int64_t &load : problem.loads)
      load = int64_t(skewed(random));
    PlacementCertificate found =
        certify(problem, solveEven(problem, {1e-3, 1 << 21}));
    ASSERT_EQ(fault(found), "");
    EXPECT_LT(found.gap(), 0.02) << run;
  }
}

TEST(SolveEven, IsOptimalWithOneSlot) {
  std::mt19937_64 random(9);
  for (int run = 0; run < 2000; ++run) {
    PlacementProblem problem = randomProblem(random, 40, 1);
    PlacementCertificate found = certify(problem, solveEven(problem));
    ASSERT_EQ(fault(found), "");
    ASSERT_NEAR(found.gap(), 0, 1e-9);
  }
}

TEST(SolveEven, IsNeverWorseThanEplbWithoutDuplicates) {
  std::mt19937_64 random(10);
  for (int run = 0; run < 1000; ++run) {
    PlacementProblem problem = randomProblem(random, 9, 6);
    PlacementResult eplb = solveEplb(problem);
    PlacementCertificate theirs = problem.verify(eplb, Duplicates::Allowed);
    PlacementCertificate found =
        certify(problem, solveEven(problem, {1e-6, 1 << 20}));
    ASSERT_EQ(fault(found), "") << run;
    // Two copies on one rank are a share that even dispatch has no other way
    // to give.
    if (theirs.numDuplicates == 0) {
      ASSERT_LE(found.maxLoad, theirs.maxLoad * (1 + 1e-6)) << run;
    }
  }
}

// Two copies on one rank are a share that no sound placement can give: where
// EPLB is lower by that, what is found is the best of all sound ones.
TEST(SolveEven, IsTheBestWhereEplbRepeatsExperts) {
  std::string error;
  int lower = 0;
  for (std::vector<int64_t> &loads : generateLoads(
           *LoadRecipe::parse("dirichlet:0.3", error), 56, 8, 0, 1 << 24)) {
    PlacementProblem problem;
    problem.loads = std::move(loads);
    problem.ranks = 4, problem.slots = 3;
    PlacementCertificate theirs =
        problem.verify(solveEplb(problem), Duplicates::Allowed);
    PlacementCertificate found = certify(problem, solveEven(problem));
    ASSERT_EQ(fault(found), "");
    if (found.maxLoad <= theirs.maxLoad * (1 + 1e-6))
      continue;
    ++lower;
    EXPECT_GT(theirs.numDuplicates, 0);
    double best = PlacementOracle(problem).findEven();
    EXPECT_NEAR(found.maxLoad, best, best * 1e-9);
  }
  EXPECT_EQ(lower, 4);
}

// 256 experts in 288 slots of 32 ranks, as DeepSeek-V3's prefill.
TEST(SolveEven, ReachesItsToleranceOnSkewedLoads) {
  std::string error;
  for (llvm::StringRef kind : {"zipf:1.2", "lognormal:1.0", "dirichlet:0.3"}) {
    std::optional<LoadRecipe> recipe = LoadRecipe::parse(kind, error);
    for (const std::vector<int64_t> &loads :
         generateLoads(*recipe, 2, 256, 11, 1 << 24)) {
      PlacementProblem problem;
      problem.loads = loads;
      problem.ranks = 32, problem.slots = 9;
      PlacementCertificate found =
          certify(problem, solveEven(problem, {1e-3, 1 << 20}));
      EXPECT_EQ(fault(found), "");
      EXPECT_LT(found.maxOverMean(), 1.001) << kind.str();
    }
  }
}
