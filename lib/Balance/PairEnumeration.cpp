//===- PairEnumeration.cpp - All ways to count and pair copies ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PairEnumeration.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir::moe;

namespace {
class PairEnumeration {
public:
  explicit PairEnumeration(const PlacementProblem &problem)
      : problem(problem) {}
  bool isSmall() const;
  void visit(int64_t expert);
  std::vector<CopyRun> best;

private:
  static constexpr double maxWays = 20000;

  const PlacementProblem &problem;
  std::vector<CopyRun> runs; // of the experts before
  int64_t used = 0;
  double least = HUGE_VAL;
};
} // namespace

/// Redundant slots are divided over the experts, or stay empty.
bool PairEnumeration::isSmall() const {
  int64_t extra = problem.numSlots() - problem.numExperts();
  double ways = 1;
  for (int64_t i = 1; i <= problem.numExperts() && ways <= maxWays; ++i)
    ways *= double(extra + i) / double(i);
  return ways <= maxWays;
}

void PairEnumeration::visit(int64_t expert) {
  if (expert == problem.numExperts()) {
    std::vector<CopyRun> sorted = runs;
    if (used < problem.numSlots())
      sorted.push_back({0.0, -1, int32_t(problem.numSlots() - used)});
    llvm::sort(sorted);
    if (double most = PairFold(sorted).maximum(); most < least)
      least = most, best = std::move(sorted);
    return;
  }
  int64_t others = problem.numExperts() - expert - 1;
  int64_t most = std::min(problem.ranks, problem.numSlots() - used - others);
  for (int64_t count = 1; count <= most; ++count) {
    double share = double(problem.loads[expert]) / double(count);
    if (share >= least)
      continue;
    runs.push_back({share, int32_t(expert), int32_t(count)});
    used += count;
    visit(expert + 1);
    used -= count;
    runs.pop_back();
  }
}

std::vector<CopyRun>
mlir::moe::enumeratePairs(const PlacementProblem &problem) {
  PairEnumeration all(problem);
  if (all.isSmall())
    all.visit(0);
  return std::move(all.best);
}
