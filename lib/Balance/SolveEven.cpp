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
#include <algorithm>
#include <cmath>

using namespace mlir::moe;

namespace {
class EvenSolver {
public:
  EvenSolver(const PlacementProblem &problem, const SearchLimits &limits)
      : problem(problem), limits(limits),
        // A step of the search reads every rank, and takes as many steps.
        effort(limits.effort *
               std::clamp<int64_t>(problem.numSlots() / 512, 1, maxGrowth)),
        left(effort), fillEffort(40 * problem.numSlots()), placement(problem),
        goal(problem.lowerBound(Dispatch::Even).tokens *
             (1 + limits.tolerance)),
        isStrict(limits.tolerance < 1e-4), search(problem, placement, goal) {}

  PlacementResult solve();

private:
  void tryBias(double bias, int64_t most);
  void trySlots(const std::vector<int32_t> &slots, int64_t most);
  void tryStart(int64_t most);
  void searchCounts();
  bool isDone() const { return least <= goal; }
  /// Whether there is more to find, and effort for a further start.
  bool goesOn() const { return !isDone() && left > fillEffort; }

  /// Of the effort with the slots; more would take minutes.
  static constexpr int64_t maxGrowth = 64;

  /// Ways to count copies of pairs that are tried at most; more find nothing
  /// better for few experts.
  static constexpr int64_t numFolds = int64_t(1) << 18;

  const PlacementProblem &problem;
  SearchLimits limits;
  int64_t effort, left;
  /// What building a placement costs.
  int64_t fillEffort;
  EvenPlacement placement;
  double goal;
  bool isStrict;
  EvenSearch search;
  std::vector<int32_t> best;
  double least = HUGE_VAL;
};
} // namespace

/// Searches a little from a placement that was just built.
void EvenSolver::tryStart(int64_t most) {
  left -= fillEffort;
  left -= search.descend(std::min(most, std::max<int64_t>(left, 1)));
  if (double time = placement.maximum(); time < least)
    least = time, best = placement.slots();
}

/// See EvenPlacement::countCopies.
void EvenSolver::tryBias(double bias, int64_t most) {
  placement.fill(placement.countCopies(bias));
  tryStart(most);
}

void EvenSolver::trySlots(const std::vector<int32_t> &slots, int64_t most) {
  placement.load(slots);
  tryStart(most);
}

/// Counts of copies, each searched a little, then the best of them.
void EvenSolver::searchCounts() {
  if (problem.numUsableSlots() > problem.numExperts())
    for (double bias : {0.05, 0.1, 0.15, 0.2, 0.3, 0.4, -0.1, -0.2, -0.3, -0.4})
      if (goesOn())
        tryBias(bias, std::min(left, effort / 16));
  if (!goesOn())
    return;
  placement.load(best);
  search.run(left);
  if (double time = placement.maximum(); time < least)
    least = time, best = placement.slots();
}

PlacementResult EvenSolver::solve() {
  tryBias(0, effort / 4 * 3);
  // EPLB may be closer to the bound than was asked for; with a large tolerance
  // that is not worth its time.
  if (problem.isUniform() && (isStrict || goesOn()))
    trySlots(solveEplb(problem).experts, effort / 16);
  // Which copies make pairs is known: there is no need to search for it.
  if (!problem.isUniform() || problem.slots != 2)
    searchCounts();
  else if (goesOn())
    trySlots(searchFold(problem, goal,
                        std::min(2 * limits.effort,
                                 numFolds * (problem.numExperts() + 1))),
             effort / 16);
  PlacementResult result;
  result.experts = std::move(best);
  shareEvenly(problem, result);
  return result;
}

PlacementResult mlir::moe::solveEven(const PlacementProblem &problem,
                                     const SearchLimits &limits) {
  return EvenSolver(problem, limits).solve();
}
