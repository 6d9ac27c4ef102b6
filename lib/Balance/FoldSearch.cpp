//===- FoldSearch.cpp - Copies for ranks of two slots ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FoldSearch.h"
#include "PairEnumeration.h"
#include "Random.h"
#include "ReplicaCounts.h"
#include "RunCounts.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir::moe;

namespace {
class FoldSearch {
public:
  FoldSearch(const PlacementProblem &problem, double goal, int64_t effort)
      : problem(problem), goal(goal), effort(effort) {}
  std::vector<int32_t> run();

private:
  /// A copy from one expert to another.
  struct Move {
    int32_t from = -1, to = -1;
  };
  double shareOf(int32_t expert) const {
    return double(problem.loads[expert]) / double(counts[expert]);
  }
  void start(std::vector<int32_t> from);
  void startFromBest();
  void setCount(int32_t expert, int32_t count);
  void apply(Move move) {
    setCount(move.from, counts[move.from] - 1);
    setCount(move.to, counts[move.to] + 1);
  }
  bool isLegal(Move move) const {
    return move.from != move.to && counts[move.from] > 1 &&
           counts[move.to] < problem.ranks;
  }
  double fold(double limit = HUGE_VAL);
  void consider(Move move, double &least, Move &best);
  bool improve();
  Move propose();
  void anneal(std::vector<int32_t> &best, double &least, int64_t share);

  static constexpr int64_t numSamples = 64;
  /// Each from the best that was found before.
  static constexpr int64_t numCycles = 4;
  /// A part of what is open between the best and the goal.
  static constexpr double hottest = 0.2;

  const PlacementProblem &problem;
  double goal;
  int64_t effort;
  std::vector<int32_t> counts;
  /// The copies of each expert, smallest first.
  std::vector<CopyRun> runs;
  double maximum = 0;
  /// The experts of the pair that has the maximum.
  std::pair<int32_t, int32_t> binding;
  Random random{1};
};
} // namespace

void FoldSearch::start(std::vector<int32_t> from) {
  counts = std::move(from);
  runs.clear();
  int64_t empty = problem.numSlots();
  for (int32_t expert = 0; expert < problem.numExperts(); ++expert) {
    runs.push_back({shareOf(expert), expert, counts[expert]});
    empty -= counts[expert];
  }
  // What nobody may take stays empty.
  if (empty > 0)
    runs.push_back({0.0, -1, int32_t(empty)});
  llvm::sort(runs);
  maximum = fold();
}

void FoldSearch::setCount(int32_t expert, int32_t count) {
  auto old = llvm::lower_bound(runs, CopyRun{shareOf(expert), expert, 0});
  counts[expert] = count;
  CopyRun now{shareOf(expert), expert, count};
  auto to = llvm::lower_bound(runs, now);
  if (old < to)
    to = std::rotate(old, old + 1, to);
  else
    std::rotate(to, old, old + 1);
  *to = now;
}

/// See PairFold for the limit.
double FoldSearch::fold(double limit) {
  effort -= int64_t(runs.size());
  PairFold pairs(runs, limit);
  binding = pairs.binding();
  return pairs.maximum();
}

void FoldSearch::consider(Move move, double &least, Move &best) {
  if (!isLegal(move))
    return;
  apply(move);
  double sum = fold(least);
  apply({move.to, move.from});
  if (sum < least)
    least = sum, best = move;
}

/// A further copy for either of the binding pair, taken from anybody; or one of
/// theirs given away, which lets the fold pair them differently.
bool FoldSearch::improve() {
  std::pair<int32_t, int32_t> pair = binding;
  double least = maximum * (1 - 1e-12);
  Move best;
  std::vector<int32_t> others;
  for (int32_t expert = 0; expert < problem.numExperts(); ++expert)
    others.push_back(expert);
  if (problem.numExperts() > numSamples)
    for (int64_t i = 0; i < numSamples; ++i)
      std::swap(others[i], others[i + random.below(others.size() - i)]);
  others.resize(std::min(problem.numExperts(), numSamples));
  for (int32_t expert : {pair.first, pair.second})
    for (int32_t other : others)
      if (expert >= 0) {
        consider({other, expert}, least, best);
        consider({expert, other}, least, best);
      }
  if (best.to < 0) {
    binding = pair;
    return false;
  }
  apply(best);
  maximum = fold();
  return true;
}

/// Mostly a copy for one of the binding pair from anybody, or one of theirs for
/// anybody, which lets the fold pair them differently.
FoldSearch::Move FoldSearch::propose() {
  auto anybody = [&] { return int32_t(random.below(problem.numExperts())); };
  Move move{anybody(), anybody()};
  if (random.below(4) == 0)
    return move;
  int32_t bound = random.below(2) == 0 ? binding.first : binding.second;
  if (bound >= 0)
    (random.below(3) == 0 ? move.from : move.to) = bound;
  return move;
}

/// From the best, moves that raise the maximum are the less welcome the more
/// they raise it and the later they come (Kirkpatrick, Gelatt and Vecchi,
/// 1983).
void FoldSearch::anneal(std::vector<int32_t> &best, double &least,
                        int64_t share) {
  start(best);
  double hot = hottest * (least / goal - 1);
  int64_t last = effort - share;
  while (effort > last && least > goal) {
    // Moves that are none cost something too: there may be no other.
    --effort;
    Move move = propose();
    if (!isLegal(move))
      continue;
    double heat = hot * double(effort - last) / double(share);
    double allowed = maximum * (1 - heat * std::log(random.uniform()));
    std::pair<int32_t, int32_t> pair = binding;
    apply(move);
    if (double sum = fold(allowed); sum > allowed) {
      apply({move.to, move.from});
      binding = pair;
      continue;
    } else if (maximum = sum; sum < least)
      least = sum, best = counts;
  }
}

/// Counts by a power of the load: whether heavy experts have many small shares
/// or few large ones is decided here.
void FoldSearch::startFromBest() {
  std::vector<int32_t> best;
  double least = HUGE_VAL;
  for (int step = -8; step <= 12; ++step) {
    std::vector<double> asked;
    for (int64_t load : problem.loads)
      asked.push_back(std::pow(double(load), 1 - 0.05 * step));
    start(countReplicas<double>(asked, problem.numSlots(), problem.ranks));
    if (maximum < least)
      least = maximum, best = counts;
  }
  if (least > goal) {
    start(countByRuns(problem, goal, least));
    if (maximum < least)
      return;
  }
  start(std::move(best));
}

/// Where two copies of an expert are still a pair, exchanges one with the pair
/// that this makes least heavy.
static void separate(std::vector<std::pair<size_t, size_t>> &pairs,
                     llvm::ArrayRef<CopyRun> runs) {
  for (auto &[one, other] : pairs) {
    if (one != other || runs[one].expert < 0)
      continue;
    std::pair<size_t, size_t> *best = nullptr;
    double least = HUGE_VAL;
    for (auto &pair : pairs) {
      double heavier =
          std::max(runs[pair.first].share, runs[pair.second].share);
      if (pair.first != one && pair.second != one && heavier < least)
        least = heavier, best = &pair;
    }
    if (best)
      std::swap(other, best->first);
  }
}

static std::vector<int32_t> pairUp(llvm::ArrayRef<CopyRun> runs) {
  std::vector<std::pair<size_t, size_t>> pairs;
  PairFold(runs).forEachPair([&](size_t i, size_t j, int64_t number) {
    pairs.insert(pairs.end(), number, {i, j});
  });
  separate(pairs, runs);
  std::vector<int32_t> slots;
  for (auto [one, other] : pairs) {
    slots.push_back(runs[one].expert);
    slots.push_back(runs[other].expert);
  }
  return slots;
}

std::vector<int32_t> FoldSearch::run() {
  startFromBest();
  int64_t half = effort / 2;
  while (effort > half && maximum > goal && improve())
    ;
  std::vector<int32_t> best = counts;
  double least = maximum;
  int64_t share = effort / numCycles;
  for (int64_t cycle = 0; cycle < numCycles && least > goal; ++cycle)
    anneal(best, least, share);
  start(std::move(best));
  return pairUp(runs);
}

std::vector<int32_t> mlir::moe::searchFold(const PlacementProblem &problem,
                                           double goal, int64_t effort) {
  std::vector<CopyRun> all = enumeratePairs(problem);
  return all.empty() ? FoldSearch(problem, goal, effort).run() : pairUp(all);
}
