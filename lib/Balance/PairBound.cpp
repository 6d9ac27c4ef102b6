//===- PairBound.cpp - What pairs of even shares cannot be below ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PairBound.h"
#include "PairEnumeration.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir::moe;

namespace {
/// Weights on shares h that are too many for a load T, searched for.
class PairGame {
public:
  explicit PairGame(const PlacementProblem &problem)
      : problem(problem), slots(double(problem.numSlots())) {}
  bool provesMoreThan(double tokens);

private:
  /// A number of copies; the weights from `threshold` on count twice for a
  /// heavy share and not at all for a light one.
  struct Option {
    double copies;
    size_t threshold;
    double sign;
  };
  bool countFewest(double tokens);
  void collectThresholds(double tokens);
  void collectOptions(double tokens);
  Option optionOf(double load, double copies, double tokens) const;
  double respond();
  bool isAnswered();
  void step(double sum);

  /// Thresholds looked at, and rounds of the game.
  static constexpr size_t maxThresholds = 96;
  static constexpr int64_t maxRounds = 300;
  /// Options looked at in all rounds of one game: bounds the time.
  static constexpr int64_t maxEffort = int64_t(1) << 22;
  /// Shares are rounded down by this part, so that the bound stays one.
  static constexpr double rounding = 1e-12;

  const PlacementProblem &problem;
  double slots;
  std::vector<double> fewest;     // copies of each expert within T
  std::vector<double> thresholds; // shares h, heaviest first
  std::vector<Option> options;    // those of an expert together
  std::vector<size_t> firstOption;
  /// The last weight is that of the number of copies.
  std::vector<double> logs, weights, suffix;
  /// What the copies chosen last count by threshold, and on average.
  std::vector<double> counts, sums;
  double rounds = 0;
};
} // namespace

/// Whether so many copies are there at all.
bool PairGame::countFewest(double tokens) {
  double sum = 0;
  fewest.clear();
  for (int64_t load : problem.loads) {
    double copies = std::ceil(double(load) / tokens * (1 - rounding));
    fewest.push_back(std::max(1.0, copies));
    sum += fewest.back();
  }
  return sum <= slots;
}

/// The shares above T/2 of experts with the fewest copies.
void PairGame::collectThresholds(double tokens) {
  std::vector<double> all;
  for (auto [load, copies] : llvm::zip(problem.loads, fewest))
    if (double share = double(load) / copies * (1 - 2 * rounding);
        share > tokens / 2)
      all.push_back(share);
  llvm::sort(all, std::greater<>());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  thresholds.clear();
  size_t size = std::min(all.size(), maxThresholds);
  for (size_t i = 0; i < size; ++i)
    thresholds.push_back(
        all[size == 1 ? 0 : i * (all.size() - 1) / (size - 1)]);
}

PairGame::Option PairGame::optionOf(double load, double copies,
                                    double tokens) const {
  double share = load / copies * (1 - rounding);
  bool isHeavy = share > tokens / 2;
  double atLeast = isHeavy ? share : tokens - share;
  // Heavy: of at least h. Light: of at most T-h, so T less it is at least h.
  auto first = llvm::partition_point(
      thresholds, [&](double threshold) { return threshold > atLeast; });
  return {copies, size_t(first - thresholds.begin()), isHeavy ? 1.0 : -1.0};
}

/// Between two thresholds the fewest copies are the cheapest.
void PairGame::collectOptions(double tokens) {
  double spare = slots;
  for (double copies : fewest)
    spare -= copies;
  options.clear(), firstOption.clear();
  for (auto [load, least] : llvm::zip(problem.loads, fewest)) {
    firstOption.push_back(options.size());
    double most = std::min(double(problem.ranks), least + spare);
    for (double copies = least; copies <= most; ++copies) {
      Option option = optionOf(double(load), copies, tokens);
      bool isNew = copies == least || option.sign != options.back().sign ||
                   option.threshold != options.back().threshold;
      if (isNew)
        options.push_back(option);
      // A light share below all thresholds: fewer tokens count no less.
      if (load == 0 || (option.sign < 0 && option.threshold == 0))
        break;
    }
  }
  firstOption.push_back(options.size());
}

/// The least weighted count, and what its copies count by threshold.
double PairGame::respond() {
  size_t size = thresholds.size();
  suffix.assign(size + 1, 0);
  for (size_t i = size; i-- > 0;)
    suffix[i] = suffix[i + 1] + weights[i];
  counts.assign(size + 1, 0);
  double sum = 0, copies = 0;
  for (size_t e = 0; e + 1 < firstOption.size(); ++e) {
    const Option *best = nullptr;
    double least = HUGE_VAL;
    for (size_t i = firstOption[e]; i < firstOption[e + 1]; ++i) {
      const Option &option = options[i];
      double count =
          option.copies * (1 + option.sign * suffix[option.threshold]);
      if (count < least)
        least = count, best = &option;
    }
    sum += least;
    copies += best->copies;
    counts[best->threshold] += best->sign * best->copies;
  }
  double upTo = copies;
  for (size_t i = 0; i < size; ++i)
    counts[i] = upTo += counts[i];
  counts[size] = copies;
  return sum;
}

/// Copies that do for every threshold on average: no weights prove anything.
bool PairGame::isAnswered() {
  ++rounds;
  bool answered = true;
  for (size_t i = 0; i < counts.size(); ++i)
    answered &= (sums[i] += counts[i]) <= slots * rounds;
  return answered;
}

/// More weight where there are too many, as far as Polyak's rule says.
void PairGame::step(double sum) {
  constexpr double beyond = 1e-3;
  double spread = 0, furthest = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    double off = counts[i] - sum;
    spread += weights[i] * off * off;
    furthest = std::max(furthest, std::abs(off));
  }
  double length = (slots * (1 + beyond) - sum) / std::max(spread, 1e-9);
  length = std::min(length, 1 / std::max(furthest, 1e-9));
  double highest = -HUGE_VAL, total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    logs[i] += length * (counts[i] - sum);
    highest = std::max(highest, logs[i]);
  }
  for (size_t i = 0; i < counts.size(); ++i)
    total += weights[i] = std::exp(logs[i] - highest);
  for (size_t i = 0; i < counts.size(); ++i)
    weights[i] /= total, logs[i] -= highest;
}

bool PairGame::provesMoreThan(double tokens) {
  if (!countFewest(tokens))
    return true;
  collectThresholds(tokens);
  collectOptions(tokens);
  size_t size = thresholds.size() + 1;
  // The weights of another T are a good start.
  if (weights.size() != size) {
    logs.assign(size, 0);
    weights.assign(size, 1.0 / double(size));
  }
  sums.assign(size, 0), rounds = 0;
  int64_t most = std::max<int64_t>(20, maxEffort / int64_t(options.size()));
  for (int64_t round = 0; round < std::min(most, maxRounds); ++round) {
    double sum = respond();
    if (sum > slots * (1 + 1e-9))
      return true;
    if (isAnswered())
      return false;
    step(sum);
  }
  return false;
}

static double leastByWeights(const PlacementProblem &problem, double known) {
  PairGame game(problem);
  double proven = known, open = 2 * known;
  if (proven <= 0 || !game.provesMoreThan(proven))
    return known;
  while (game.provesMoreThan(open))
    proven = open, open *= 2;
  while (open - proven > 2e-4 * proven) {
    double middle = (proven + open) / 2;
    (game.provesMoreThan(middle) ? proven : open) = middle;
  }
  return proven;
}

void mlir::moe::raiseByPairs(const PlacementProblem &problem,
                             LoadBound &bound) {
  std::vector<CopyRun> best = enumeratePairs(problem);
  double least = best.empty() ? leastByWeights(problem, bound.tokens)
                              : PairFold(best).maximum() * (1 - 1e-12);
  if (least > bound.tokens)
    bound = {least, "too few light shares to pair the heavy ones with"};
}
