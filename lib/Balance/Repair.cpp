//===- Repair.cpp - From a running placement to a better one --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Balance/Repair.h"
#include "EvenRepair.h"
#include "MovePrices.h"
#include "moe/Balance/Solvers.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace mlir::moe;

namespace {
/// Moves single copies, with the best shares for each placement tried.
class WeightedRepair {
public:
  WeightedRepair(const PlacementProblem &problem, PlacementResult from,
                 double goal, const MovePrices &prices)
      : problem(problem), now(std::move(from)), goal(goal), prices(prices) {}
  PlacementResult run(int64_t moves);

private:
  struct Candidate {
    PlacementResult result;
    double gain = 0; // for its price
    int64_t moves = 0;
  };
  double tokensOf(int64_t slot) const {
    int32_t expert = now.experts[slot];
    return expert < 0 ? 0 : now.weights[slot] * double(problem.loads[expert]);
  }
  double loadOf(int64_t rank) const {
    double load = 0;
    for (int64_t i = 0; i < problem.slots; ++i)
      load += tokensOf(rank * problem.slots + i);
    return load;
  }
  std::vector<double> timesOf(const PlacementResult &result) const;
  double excessOf(const PlacementResult &result) const;
  void consider(PlacementResult tried, int64_t moves, double price,
                Candidate &best) const;
  void tryCopies(int64_t rank, const std::vector<int64_t> &byTime,
                 Candidate &best) const;
  void tryExchange(int64_t rank, int64_t partner, Candidate &best) const;
  int64_t change(int64_t moves);
  Candidate findChange(int64_t moves, const std::vector<int64_t> &byTime);
  std::vector<int64_t> takersOf(int32_t expert,
                                const std::vector<int64_t> &byTime) const;

  /// What is tried for a move, times the breadth: experts of busy ranks, slots
  /// of idle ones.
  static constexpr size_t numGivers = 3, numTakers = 3, numExperts = 3,
                          numPartners = 6, maxBreadth = 16;
  size_t breadth = 1;

  const PlacementProblem &problem;
  PlacementResult now;
  double goal, excess = 0;
  const MovePrices &prices;
};
} // namespace

std::vector<double>
WeightedRepair::timesOf(const PlacementResult &result) const {
  std::vector<double> times(problem.ranks);
  for (int64_t slot = 0; slot < problem.numSlots(); ++slot)
    if (int32_t expert = result.experts[slot]; expert >= 0)
      times[slot / problem.slots] +=
          result.weights[slot] * double(problem.loads[expert]);
  for (int64_t rank = 0; rank < problem.ranks; ++rank)
    times[rank] /= problem.speedOf(rank);
  return times;
}

/// What all ranks together have above the goal. Where several are the busiest
/// it falls with each of them, which the largest time does not.
double WeightedRepair::excessOf(const PlacementResult &result) const {
  double excess = 0;
  for (double time : timesOf(result))
    excess += std::max(0.0, time - goal);
  return excess;
}

/// Slots of the least busy ranks that could hold a copy of the expert: of each
/// rank an empty one, or that of the expert with other copies that serves least
/// there.
std::vector<int64_t>
WeightedRepair::takersOf(int32_t expert,
                         const std::vector<int64_t> &byTime) const {
  std::vector<int64_t> copies(problem.numExperts());
  for (int32_t held : now.experts)
    if (held >= 0)
      ++copies[held];
  std::vector<int64_t> takers;
  for (auto rank = byTime.rbegin();
       rank != byTime.rend() && takers.size() < breadth * numTakers; ++rank) {
    int64_t best = -1, first = *rank * problem.slots;
    double least = HUGE_VAL;
    bool holds = false;
    for (int64_t slot = first; slot < first + problem.slotsOf(*rank); ++slot) {
      int32_t held = now.experts[slot];
      holds |= held == expert;
      double tokens =
          held < 0 ? -1 : now.weights[slot] * double(problem.loads[held]);
      if ((held < 0 || copies[held] > 1) && tokens < least)
        least = tokens, best = slot;
    }
    if (!holds && best >= 0)
      takers.push_back(best);
  }
  return takers;
}

/// What a placement with the best shares gains over `now` for its price.
void WeightedRepair::consider(PlacementResult tried, int64_t moves,
                              double price, Candidate &best) const {
  solveShares(problem, tried);
  double gain = (excess - excessOf(tried)) / price;
  if (gain > best.gain)
    best = {std::move(tried), gain, moves};
}

/// Further copies of what the rank serves most of, on less busy ranks.
void WeightedRepair::tryCopies(int64_t rank, const std::vector<int64_t> &byTime,
                               Candidate &best) const {
  std::vector<int64_t> slots;
  for (int64_t i = 0; i < problem.slotsOf(rank); ++i)
    if (now.experts[rank * problem.slots + i] >= 0)
      slots.push_back(rank * problem.slots + i);
  llvm::stable_sort(
      slots, [&](int64_t a, int64_t b) { return tokensOf(a) > tokensOf(b); });
  slots.resize(std::min(slots.size(), breadth * numExperts));
  for (int64_t giver : slots)
    for (int64_t taker : takersOf(now.experts[giver], byTime)) {
      PlacementResult tried = now;
      int32_t expert = tried.experts[taker] = now.experts[giver];
      consider(std::move(tried), 1, prices.of(expert, taker / problem.slots),
               best);
    }
}

/// The exchange of a slot with the partner that comes closest to the mean of
/// the two.
void WeightedRepair::tryExchange(int64_t rank, int64_t partner,
                                 Candidate &best) const {
  auto holds = [&](int64_t of, int32_t expert) {
    auto first = now.experts.begin() + of * problem.slots;
    return expert >= 0 && std::find(first, first + problem.slots, expert) !=
                              first + problem.slots;
  };
  double wanted = (loadOf(rank) - loadOf(partner)) / 2, least = HUGE_VAL;
  int64_t give = -1, take = -1;
  for (int64_t a = 0; a < problem.slotsOf(rank); ++a)
    for (int64_t b = 0; b < problem.slotsOf(partner); ++b) {
      int64_t mine = rank * problem.slots + a,
              theirs = partner * problem.slots + b;
      double off = std::abs(tokensOf(mine) - tokensOf(theirs) - wanted);
      if (off < least && !holds(partner, now.experts[mine]) &&
          !holds(rank, now.experts[theirs]))
        least = off, give = mine, take = theirs;
    }
  if (give < 0)
    return;
  PlacementResult tried = now;
  std::swap(tried.experts[give], tried.experts[take]);
  double price = 0;
  for (int64_t slot : {give, take})
    if (int32_t expert = tried.experts[slot]; expert >= 0)
      price += prices.of(expert, slot / problem.slots);
  consider(std::move(tried), 2, std::max(price, 1e-3), best);
}

WeightedRepair::Candidate
WeightedRepair::findChange(int64_t moves, const std::vector<int64_t> &byTime) {
  Candidate best;
  best.gain = goal * 1e-6;
  for (size_t i = 0; i < std::min(breadth * numGivers, byTime.size()); ++i) {
    tryCopies(byTime[i], byTime, best);
    for (size_t j = 0;
         moves > 1 && j < std::min(breadth * numPartners, byTime.size()); ++j)
      if (byTime[byTime.size() - 1 - j] != byTime[i])
        tryExchange(byTime[i], byTime[byTime.size() - 1 - j], best);
  }
  return best;
}

/// Makes the best change of those tried, of more where none of few helps;
/// returns the moves it took, 0 if none helps.
int64_t WeightedRepair::change(int64_t moves) {
  std::vector<double> times = timesOf(now);
  excess = excessOf(now);
  std::vector<int64_t> byTime;
  for (int64_t rank = 0; rank < problem.ranks; ++rank)
    if (problem.slotsOf(rank) > 0)
      byTime.push_back(rank);
  llvm::stable_sort(byTime,
                    [&](int64_t a, int64_t b) { return times[a] > times[b]; });
  Candidate best;
  for (breadth = 1; breadth <= maxBreadth && best.moves == 0; breadth *= 4)
    best = findChange(moves, byTime);
  if (best.moves > 0)
    now = std::move(best.result);
  return best.moves;
}

PlacementResult WeightedRepair::run(int64_t moves) {
  solveShares(problem, now);
  // Less excess in all can be more on one rank: if the goal is out of reach,
  // the least time counts.
  PlacementResult best = now;
  double least = HUGE_VAL;
  while (true) {
    std::vector<double> times = timesOf(now);
    double most = *std::max_element(times.begin(), times.end());
    if (most < least)
      least = most, best = now;
    int64_t made = most > goal && moves > 0 ? change(moves) : 0;
    if (made == 0)
      return best;
    moves -= made;
  }
}

PlacementResult mlir::moe::repairPlacement(const PlacementProblem &problem,
                                           const PlacementResult &from,
                                           const RepairOptions &options) {
  double mean = double(problem.total()) / problem.totalSpeed();
  double goal = mean * options.target;
  MovePrices prices(problem, from.experts, options.costs);
  EvenPlacement placement(problem);
  // Without second copies on a rank and what was on dead ones.
  placement.load(from.experts);
  if (options.dispatch == Dispatch::Weighted) {
    PlacementResult sound;
    sound.experts = placement.slots();
    keepSlots(problem, from.experts, sound);
    return WeightedRepair(problem, std::move(sound), goal, prices)
        .run(options.maxMoves);
  }
  repairEvenly(problem, placement, goal, options.maxMoves, prices);
  PlacementResult result;
  result.experts = placement.slots();
  keepSlots(problem, from.experts, result);
  shareEvenly(problem, result);
  return result;
}
