//===- RunCounts.cpp - Copies that match runs of light experts ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RunCounts.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace mlir::moe;

namespace {
class RunCounter {
public:
  explicit RunCounter(const PlacementProblem &problem);
  /// Counts within `tokens`; the exponent weighs short runs against long ones.
  bool count(double tokens, double exponent);
  std::vector<int32_t> counts;

private:
  struct Run {
    double copies = 0, waste = 0;
  };
  Run runOf(double load, size_t from) const;
  /// What the partner of a copy may be lighter than T at most: the light copy
  /// at a position, half of T behind the last.
  double partner(double position) const {
    return position < double(lights) ? light[size_t(position)] : tokens / 2;
  }
  double partnersUpTo(double end) const {
    size_t within = size_t(std::min(end, double(lights)));
    return sums[within] + std::max(0.0, end - double(lights)) * tokens / 2;
  }

  const PlacementProblem &problem;
  std::vector<int32_t> byLoad; // lightest first
  std::vector<double> light;   // loads in this order
  std::vector<double> sums;    // of the first n of them
  double tokens = 0;
  size_t lights = 0;
};
} // namespace

RunCounter::RunCounter(const PlacementProblem &problem)
    : problem(problem), byLoad(problem.numExperts()), sums(1) {
  std::iota(byLoad.begin(), byLoad.end(), 0);
  llvm::stable_sort(byLoad, [&](int32_t a, int32_t b) {
    return problem.loads[a] < problem.loads[b];
  });
  for (int32_t expert : byLoad) {
    light.push_back(double(problem.loads[expert]));
    sums.push_back(sums.back() + light.back());
  }
}

/// The fewest copies whose share fits the last of their run.
RunCounter::Run RunCounter::runOf(double load, size_t from) const {
  double copies = 1;
  for (double before = 0; copies != before;) {
    before = copies;
    double most = tokens - partner(double(from) + copies - 1);
    copies = std::max(copies, std::ceil(load / most * (1 - 1e-12)));
  }
  double end = double(from) + copies;
  double partners = partnersUpTo(end) - sums[from];
  return {copies, copies * tokens - load - partners};
}

bool RunCounter::count(double within, double exponent) {
  tokens = within;
  lights = llvm::partition_point(
               light, [&](double load) { return load <= tokens / 2; }) -
           light.begin();
  counts.assign(problem.numExperts(), 1);
  std::vector<int32_t> heavies(byLoad.begin() + int64_t(lights), byLoad.end());
  auto used = double(lights);
  size_t next = 0;
  while (!heavies.empty()) {
    auto best = heavies.begin();
    Run run;
    double least = HUGE_VAL;
    for (auto it = heavies.begin(); it != heavies.end(); ++it) {
      Run tried = runOf(double(problem.loads[*it]), next);
      double waste = tried.waste / std::pow(tried.copies, exponent);
      if (waste < least)
        least = waste, best = it, run = tried;
    }
    used += run.copies;
    if (run.copies > double(problem.ranks) || used > double(problem.numSlots()))
      return false;
    counts[*best] = int32_t(run.copies);
    next = std::min(lights, next + size_t(run.copies));
    heavies.erase(best);
  }
  return true;
}

std::vector<int32_t> mlir::moe::countByRuns(const PlacementProblem &problem,
                                            double low, double high) {
  RunCounter counter(problem);
  std::vector<int32_t> best(problem.numExperts(), 1);
  for (double exponent : {0.0, 0.5, 1.0}) {
    if (!counter.count(high, exponent))
      continue;
    best = counter.counts;
    for (double below = low; high - below > 1e-4 * high;) {
      double middle = (below + high) / 2;
      if (counter.count(middle, exponent))
        high = middle, best = counter.counts;
      else
        below = middle;
    }
  }
  return best;
}
