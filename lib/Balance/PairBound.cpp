//===- PairBound.cpp - What pairs of even shares cannot be below ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PairBound.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <array>
#include <cmath>

using namespace mlir::moe;

namespace {
class PairBound {
public:
  explicit PairBound(const PlacementProblem &problem)
      : loads(problem.loads.begin(), problem.loads.end()),
        slots(double(problem.numSlots())) {
    llvm::sort(loads);
  }
  bool provesMoreThan(double tokens) const;

private:
  /// The count of a share, less for one that is rounded down.
  struct Counts {
    double tokens, low, high;
    double operator()(double share) const {
      if (share > tokens / 2)
        return 2 - (*this)(tokens - share);
      if (share <= low)
        return 0;
      return share >= high ? 1 : (share - low) / (high - low);
    }
  };
  bool provesMoreThan(const Counts &counts) const;
  static constexpr std::array<double, 7> prices = {0.25, 0.5, 0.75, 1,
                                                   1.5,  2,   4};
  using Sums = std::array<double, prices.size()>;
  void addCheapest(double load, const Counts &counts, Sums &sums) const;
  std::vector<double> loads; // lightest first
  double slots;
};
} // namespace

/// Adds the cheapest c * (count + p) of one load for each price p. Between the
/// corners of the counts that is linear in c, so only the numbers of copies
/// next to a corner matter.
void PairBound::addCheapest(double load, const Counts &counts,
                            Sums &sums) const {
  // Rounded to fewer copies, so that the bound stays one.
  double fewest = std::max(1.0, std::ceil(load / counts.tokens * (1 - 1e-12)));
  Sums least;
  least.fill(HUGE_VAL);
  auto consider = [&](double copies) {
    double count = copies * counts(load / copies * (1 - 1e-12));
    for (size_t p = 0; p < least.size(); ++p)
      least[p] = std::min(least[p], count + copies * prices[p]);
  };
  consider(fewest);
  for (double corner : {counts.tokens - counts.low, counts.tokens - counts.high,
                        counts.high, counts.low}) {
    double copies = corner > 0 ? std::floor(load / corner * (1 + 1e-12)) : 0;
    if (copies > fewest)
      consider(copies);
    if (corner > 0 && copies + 1 > fewest)
      consider(copies + 1);
  }
  for (size_t p = 0; p < sums.size(); ++p)
    sums[p] += least[p];
}

bool PairBound::provesMoreThan(const Counts &counts) const {
  Sums sums{};
  for (double load : loads)
    addCheapest(load, counts, sums);
  for (size_t p = 0; p < sums.size(); ++p)
    if (sums[p] > slots * (1 + prices[p]) * (1 + 1e-9))
      return true;
  return false;
}

/// For x at loads of experts and in between, and for a few ramps.
bool PairBound::provesMoreThan(double tokens) const {
  constexpr size_t numLights = 32, numRamps = 4;
  double half = tokens / 2;
  size_t below = llvm::lower_bound(loads, half) - loads.begin();
  size_t steps = std::min(numLights, below);
  for (size_t i = 0; i < steps; ++i) {
    double light = loads[below * i / steps];
    if (provesMoreThan(Counts{tokens, light, light}))
      return true;
  }
  for (size_t i = 1; i < numLights; ++i) {
    double light = half * double(i) / numLights;
    if (provesMoreThan(Counts{tokens, light, light}))
      return true;
  }
  for (size_t i = 0; i < numRamps; ++i)
    if (provesMoreThan(Counts{tokens, half * double(i) / numRamps, half}))
      return true;
  return false;
}

void mlir::moe::raiseByPairs(const PlacementProblem &problem,
                             LoadBound &bound) {
  PairBound pairs(problem);
  double proven = bound.tokens, open = 2 * bound.tokens;
  if (proven <= 0 || !pairs.provesMoreThan(proven))
    return;
  while (pairs.provesMoreThan(open))
    proven = open, open *= 2;
  while (open - proven > 5e-4 * proven) {
    double middle = (proven + open) / 2;
    (pairs.provesMoreThan(middle) ? proven : open) = middle;
  }
  bound = {proven, "too few light shares to pair the heavy ones with"};
}
