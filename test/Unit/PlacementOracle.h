//===- PlacementOracle.h - Best placements by enumeration -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For a handful of experts every placement can be tried. Shares no code with
// the solvers.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_PLACEMENTORACLE_H
#define MOE_TEST_UNIT_PLACEMENTORACLE_H

#include "moe/Balance/PlacementProblem.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

namespace mlir::moe {

/// How many random instances to try: `few` in a quick run; a factor in the
/// environment, MOE_BALANCE_RUNS=30, gives more than 100,000 in all.
inline int numRuns(int few) {
  const char *factor = std::getenv("MOE_BALANCE_RUNS");
  return factor ? few * std::max(1, std::atoi(factor)) : few;
}

inline PlacementProblem randomProblem(std::mt19937_64 &random, int64_t maxRanks,
                                      int64_t maxSlots) {
  PlacementProblem problem;
  problem.ranks = 1 + int64_t(random() % maxRanks);
  problem.slots = 1 + int64_t(random() % maxSlots);
  problem.loads.resize(1 + random() % problem.numSlots());
  // Ties, zeros and one hot expert are as likely as spread loads.
  int64_t limit = int64_t(1) << (random() % 20);
  for (int64_t &load : problem.loads)
    load = int64_t(random() % limit);
  if (random() % 4 == 0)
    problem.loads[random() % problem.loads.size()] = 50 * limit;
  return problem;
}

/// Problems whose placements were all tried, in the whole program.
inline int64_t &numEnumerated() {
  static int64_t number = 0;
  return number;
}

/// Tries every set of experts for every rank; at most 16 experts.
class PlacementOracle {
public:
  explicit PlacementOracle(const PlacementProblem &problem)
      : problem(problem), held(problem.ranks) {}

  /// The least load of the busiest rank when shares are chosen freely, and when
  /// the copies of an expert have equal shares.
  struct Best {
    double weighted = HUGE_VAL, even = HUGE_VAL;
  };
  Best find() {
    ++numEnumerated();
    tryRank(0, 0);
    return best;
  }
  /// The same where only equal shares are asked for.
  double findEven() {
    onlyEven = true;
    return find().even;
  }

private:
  void tryRank(int64_t rank, unsigned placed) {
    unsigned all = (1U << problem.numExperts()) - 1;
    if (rank == problem.ranks) {
      if (placed == all)
        measure();
      return;
    }
    // Ranks are alike: none holds a smaller set than the one before.
    for (unsigned set = rank > 0 ? held[rank - 1] : 0; set <= all; ++set)
      if (__builtin_popcount(set) <= problem.slots) {
        held[rank] = set;
        tryRank(rank + 1, placed | set);
      }
  }

  void measure() {
    measureEven();
    if (!onlyEven)
      measureWeighted();
  }

  void measureWeighted() {
    // By Hall's condition: experts A have no more than the ranks that hold any
    // of them, and need no more.
    double weighted = 0;
    for (unsigned set = 1; set < 1U << problem.numExperts(); ++set) {
      double tokens = 0, ranks = 0;
      for (int64_t expert = 0; expert < problem.numExperts(); ++expert)
        if (set >> expert & 1)
          tokens += double(problem.loads[expert]);
      for (unsigned mine : held)
        ranks += (mine & set) != 0;
      weighted = std::max(weighted, tokens / ranks);
    }
    best.weighted = std::min(best.weighted, weighted);
  }

  void measureEven() {
    std::vector<double> loads(problem.ranks);
    for (int64_t expert = 0; expert < problem.numExperts(); ++expert) {
      double copies = 0;
      for (unsigned mine : held)
        copies += mine >> expert & 1;
      for (int64_t rank = 0; rank < problem.ranks; ++rank)
        if (held[rank] >> expert & 1)
          loads[rank] += double(problem.loads[expert]) / copies;
    }
    best.even =
        std::min(best.even, *std::max_element(loads.begin(), loads.end()));
  }

  const PlacementProblem &problem;
  std::vector<unsigned> held;
  bool onlyEven = false;
  Best best;
};

} // namespace mlir::moe

#endif // MOE_TEST_UNIT_PLACEMENTORACLE_H
