//===- SolveEven.cpp - Copies that share evenly ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which experts get how many copies decides most, and a local search changes it
// one copy at a time. So several ways to count are tried, the best of them is
// searched further; EPLB's is one of the ways.
//
//===----------------------------------------------------------------------===//

#include "EvenSearch.h"
#include "FoldSearch.h"
#include "moe/Balance/Solvers.h"
#include <cmath>

using namespace mlir::moe;

namespace {
class EvenSolver {
public:
  EvenSolver(const PlacementProblem &problem, const SearchLimits &limits)
      : problem(problem),
        // A step of the search reads every rank, and takes as many steps.
        effort(limits.effort * std::max<int64_t>(1, problem.numSlots() / 512)),
        placement(problem), goal(problem.lowerBound(Dispatch::Even).tokens *
                                 (1 + limits.tolerance)),
        isStrict(limits.tolerance < 1e-4), search(problem, placement, goal) {}

  PlacementResult solve();

private:
  void tryBias(double bias);
  void trySlots(const std::vector<int32_t> &slots);
  void keepBest();
  bool isDone() const { return least <= goal; }

  const PlacementProblem &problem;
  int64_t effort;
  EvenPlacement placement;
  double goal;
  bool isStrict;
  EvenSearch search;
  std::vector<int32_t> best;
  double least = HUGE_VAL;
};
} // namespace

void EvenSolver::keepBest() {
  if (double time = placement.maximum(); time < least)
    least = time, best = placement.slots();
}

/// See EvenPlacement::countCopies.
void EvenSolver::tryBias(double bias) {
  if (isDone())
    return;
  placement.fill(placement.countCopies(bias));
  search.descend(effort / 8);
  keepBest();
}

void EvenSolver::trySlots(const std::vector<int32_t> &slots) {
  placement.load(slots);
  search.descend(effort / 8);
  keepBest();
}

PlacementResult EvenSolver::solve() {
  tryBias(0);
  if (problem.isUniform()) {
    if (!isDone() && problem.slots == 2)
      trySlots(searchFold(problem, goal, effort));
    // EPLB may be closer to the bound than was asked for; with a large
    // tolerance that is not worth its time.
    if (!isDone() || isStrict)
      trySlots(solveEplb(problem).experts);
  }
  if (problem.numUsableSlots() > problem.numExperts())
    for (double bias : {0.05, 0.1, 0.15, 0.2, 0.3, 0.4, -0.1, -0.2, -0.3, -0.4})
      tryBias(bias);
  if (!isDone()) {
    placement.load(best);
    search.run(effort);
    keepBest();
  }
  PlacementResult result;
  result.experts = std::move(best);
  shareEvenly(problem, result);
  return result;
}

PlacementResult mlir::moe::solveEven(const PlacementProblem &problem,
                                     const SearchLimits &limits) {
  return EvenSolver(problem, limits).solve();
}
