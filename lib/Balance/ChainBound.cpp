//===- ChainBound.cpp - What chains of ranks cannot be below --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChainBound.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir::moe;

namespace {
class ChainBound {
public:
  ChainBound(const PlacementProblem &problem, LoadBound &bound);

  void byWholeTokens();
  void byShortest();
  void byCompany();
  void byPrefix();
  void bySteps();

private:
  int64_t experts() const { return problem.numExperts(); }
  /// The sum of the n lightest loads.
  double lightest(int64_t n) const {
    return heaviest.back() - heaviest[experts() - n];
  }
  /// The steps of each expert that has any, and their rests; names as in
  /// ChainBound.h.
  struct Steps {
    double reference = 0, size = 0;
    std::vector<int64_t> counts;
    std::vector<double> rests;
    int64_t total = 0;
  };
  Steps stepsAt(double tokens, double reference) const;
  std::vector<double> deficits(double reference) const;
  bool someChainSaves(const Steps &steps,
                      const std::vector<double> &deficit) const;
  bool provesMoreThan(double tokens) const;
  bool provesMoreThan(double tokens, double reference) const;
  void raise(double tokens, std::string why) {
    if (tokens > bound.tokens)
      bound = {tokens, std::move(why)};
  }

  /// So many experts, and at least so many loads to compare with, are looked
  /// at: heavy experts are few.
  static constexpr int64_t maxPrefix = 64, numReferences = 12;
  static constexpr int64_t maxKnapsack = 1 << 15;

  const PlacementProblem &problem;
  LoadBound &bound;
  int64_t extra;
  std::vector<double> loads;    // heaviest first
  std::vector<double> heaviest; // sums of the n heaviest
};
} // namespace

ChainBound::ChainBound(const PlacementProblem &problem, LoadBound &bound)
    : problem(problem), bound(bound),
      extra(problem.numSlots() - problem.numExperts()),
      loads(problem.loads.begin(), problem.loads.end()), heaviest(1) {
  llvm::sort(loads, std::greater<>());
  for (double load : loads)
    heaviest.push_back(heaviest.back() + load);
}

/// For the tokens that are left over where every rank has the mean rounded
/// down.
void ChainBound::byWholeTokens() {
  int64_t total = problem.total(), over = total % problem.ranks;
  if (over == 0 || over > problem.ranks - extra)
    return;
  raise(double(total / problem.ranks) + 1 / double(extra / over + 1),
        extra == 0 ? "whole experts have whole tokens"
                   : "ranks that share no expert have whole tokens");
}

void ChainBound::byShortest() {
  double least = HUGE_VAL;
  int64_t length = 0;
  for (int64_t k = 1; k <= problem.ranks / (problem.ranks - extra); ++k) {
    double tokens = lightest(k * (problem.slots - 1) + 1) / double(k);
    if (tokens < least)
      least = tokens, length = k;
  }
  raise(least,
        counted(length, "rank") + " full of the " +
            counted(length * (problem.slots - 1) + 1, "lightest expert"));
}

static std::string heaviestOf(int64_t some, int64_t top) {
  return top == 1 ? "the heaviest expert"
                  : std::to_string(some) + " of the " +
                        counted(top, "heaviest expert");
}

void ChainBound::byCompany() {
  for (int64_t j = 0; j < problem.slots; ++j) {
    int64_t top = j * problem.ranks + 1;
    if (top > experts())
      return;
    double least = HUGE_VAL;
    int64_t length = 0;
    for (int64_t k = 1; k <= std::min(extra + 1, problem.ranks); ++k) {
      int64_t theirs = j * k + 1, others = k * (problem.slots - 1) + 1 - theirs;
      double tokens =
          (heaviest[top] - heaviest[top - theirs] + lightest(others)) /
          double(k);
      if (tokens < least)
        least = tokens, length = k;
    }
    if (least <= bound.tokens)
      continue;
    int64_t theirs = j * length + 1;
    int64_t others = length * (problem.slots - 1) + 1 - theirs;
    raise(least,
          counted(length, "rank") + " of " + counted(problem.slots, "slot") +
              " with " + heaviestOf(theirs, top) +
              (others > 0 ? " and the " + counted(others, "lightest expert")
                          : ""));
  }
}

void ChainBound::byPrefix() {
  for (int64_t h = 1; h <= std::min(experts(), maxPrefix); ++h) {
    double least = HUGE_VAL;
    int64_t length = 0;
    for (int64_t k = 1; k <= std::min(extra + h, problem.ranks); ++k) {
      int64_t chains = std::max<int64_t>(1, k - extra);
      int64_t others = k * (problem.slots - 1) + chains - h;
      if (others < 0)
        continue;
      double tokens =
          (heaviest[h] + lightest(std::min(others, experts() - h))) / double(k);
      if (tokens < least)
        least = tokens, length = k;
    }
    if (least < HUGE_VAL)
      raise(least, "the " + counted(h, "heaviest expert") + " on " +
                       counted(length, "rank") + " with the lightest others");
  }
}

ChainBound::Steps ChainBound::stepsAt(double tokens, double reference) const {
  Steps steps;
  steps.reference = reference;
  steps.size = tokens - reference * double(problem.slots - 1);
  if (steps.size <= 0)
    return steps;
  for (double load : loads) {
    // Rounded towards fewer steps, so that the bound stays one.
    double count = std::ceil((load - reference) / steps.size * (1 - 1e-12)) - 1;
    if (count < 1)
      break;
    count = std::min(count, double(problem.numSlots()));
    steps.counts.push_back(int64_t(count));
    steps.rests.push_back(std::max(load - reference - count * steps.size, 0.0));
    steps.total += steps.counts.back();
  }
  return steps;
}

/// What the n lightest experts are lighter than `reference`, for each n.
std::vector<double> ChainBound::deficits(double reference) const {
  std::vector<double> sums(1);
  for (double load : llvm::reverse(loads)) {
    if (load >= reference)
      break;
    sums.push_back(sums.back() + reference - load);
  }
  return sums;
}

/// Whether any chain can do with a rank less than its steps. A chain whose
/// experts have m steps has at most m(S-1) others; the least rest of all
/// choices of experts with m steps is a knapsack.
bool ChainBound::someChainSaves(const Steps &steps,
                                const std::vector<double> &deficit) const {
  if (steps.total * int64_t(steps.counts.size()) > maxKnapsack)
    return true;
  std::vector<double> rest(steps.total + 1, HUGE_VAL);
  rest[0] = 0;
  for (auto [count, own] : llvm::zip(steps.counts, steps.rests))
    for (int64_t m = steps.total; m >= count; --m)
      rest[m] = std::min(rest[m], rest[m - count] + own);
  for (int64_t m = 1; m <= steps.total; ++m) {
    size_t others =
        std::min<size_t>(m * (problem.slots - 1), deficit.size() - 1);
    if (rest[m] + steps.reference <= deficit[others] * (1 + 1e-12))
      return true;
  }
  return false;
}

bool ChainBound::provesMoreThan(double tokens, double reference) const {
  Steps steps = stepsAt(tokens, reference);
  int64_t tooMany = steps.total - extra;
  if (tooMany <= 0)
    return false;
  std::vector<double> deficit = deficits(reference);
  if (!someChainSaves(steps, deficit))
    return true;
  llvm::sort(steps.rests);
  double needed = 0;
  for (int64_t i = 0; i < tooMany; ++i)
    needed += i < int64_t(steps.rests.size()) ? steps.rests[i] : steps.size;
  return needed > deficit.back() * (1 + 1e-12);
}

bool ChainBound::provesMoreThan(double tokens) const {
  for (int64_t i = 0; i < numReferences; ++i) {
    // The lightest, then heavier ones.
    int64_t rank = experts() * i / (2 * numReferences);
    if (provesMoreThan(tokens, loads[experts() - 1 - rank]))
      return true;
  }
  return false;
}

void ChainBound::bySteps() {
  double proven = bound.tokens, open = bound.tokens;
  if (proven <= 0 || !provesMoreThan(proven))
    return;
  while (provesMoreThan(open))
    proven = open, open *= 2;
  while (open - proven > 1e-9 * proven) {
    double middle = (proven + open) / 2;
    (provesMoreThan(middle) ? proven : open) = middle;
  }
  raise(proven,
        "heavy experts, each beside lightest ones, need more than the " +
            counted(extra, "redundant slot"));
}

void mlir::moe::raiseByChains(const PlacementProblem &problem,
                              LoadBound &bound) {
  if (problem.numSlots() >= problem.numExperts() + problem.ranks - 1)
    return;
  ChainBound chains(problem, bound);
  chains.byWholeTokens();
  chains.byShortest();
  chains.byCompany();
  chains.byPrefix();
  chains.bySteps();
}
