//===- SolveShares.cpp - Best shares of a fixed placement -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A time T is enough if a flow carries all tokens from the experts to the ranks
// that hold them, at most T times its speed into each rank (Dinic, 1970). Where
// it does not, the experts that still have tokens, and what they push aside,
// form a set A that only the ranks N can serve: T is at least w(A) over the
// speed of N. That T is tried next (Dinkelbach, 1967); each set is another one,
// so it ends, and at the optimum.
//
//===----------------------------------------------------------------------===//

#include "moe/Balance/Solvers.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace mlir::moe;

namespace {
class ShareFlow {
public:
  ShareFlow(const PlacementProblem &problem, PlacementResult &result);
  void solve();

private:
  /// The slots of an expert: edges to the ranks that hold it.
  struct Slot {
    int64_t slot;
    int64_t rank;
    double tokens;
  };
  void route(double time);
  bool findLevels();
  double push(int64_t expert, double tokens);
  double nextTime() const;
  void pour(int64_t expert);
  void evenOut();
  double capacity(int64_t rank) const {
    return time * problem.speedOf(rank) - loads[rank];
  }

  const PlacementProblem &problem;
  PlacementResult &result;
  double epsilon, time = 0;
  std::vector<std::vector<Slot>> slotsOf; // by expert
  /// By rank, the experts in it and where their slot is in `slotsOf`.
  std::vector<std::vector<std::pair<int64_t, size_t>>> residents;
  std::vector<double> left, loads; // tokens of experts, of ranks
  std::vector<int32_t> expertLevel, rankLevel;
  std::vector<size_t> next;
  std::vector<size_t> nextResident;
};
} // namespace

ShareFlow::ShareFlow(const PlacementProblem &problem, PlacementResult &result)
    : problem(problem), result(result),
      epsilon(1e-13 * double(problem.total())), slotsOf(problem.numExperts()),
      residents(problem.ranks) {
  for (int64_t slot = 0; slot < problem.numSlots(); ++slot) {
    int64_t expert = result.experts[slot], rank = slot / problem.slots;
    if (expert == PlacementResult::emptySlot)
      continue;
    residents[rank].push_back({expert, slotsOf[expert].size()});
    slotsOf[expert].push_back({slot, rank, 0});
  }
}

/// Breadth first from the experts that have tokens left; whether a rank with
/// capacity is reached.
bool ShareFlow::findLevels() {
  expertLevel.assign(problem.numExperts(), -1);
  rankLevel.assign(problem.ranks, -1);
  std::vector<int64_t> frontier;
  for (int64_t expert = 0; expert < problem.numExperts(); ++expert)
    if (left[expert] > epsilon) {
      expertLevel[expert] = 0;
      frontier.push_back(expert);
    }
  bool reached = false;
  for (int32_t level = 1; !frontier.empty() && !reached; level += 2) {
    std::vector<int64_t> ranks, experts;
    for (int64_t expert : frontier)
      for (const Slot &slot : slotsOf[expert])
        if (rankLevel[slot.rank] < 0) {
          rankLevel[slot.rank] = level;
          reached |= capacity(slot.rank) > epsilon;
          ranks.push_back(slot.rank);
        }
    for (int64_t rank : ranks)
      for (auto [expert, index] : residents[rank])
        if (expertLevel[expert] < 0 &&
            slotsOf[expert][index].tokens > epsilon) {
          expertLevel[expert] = level + 1;
          experts.push_back(expert);
        }
    frontier = std::move(experts);
  }
  return reached;
}

/// Sends up to `tokens` more from the expert along the levels; returns how many
/// arrived.
double ShareFlow::push(int64_t expert, double tokens) {
  double sent = 0;
  for (size_t &i = next[expert]; i < slotsOf[expert].size(); ++i) {
    Slot &slot = slotsOf[expert][i];
    if (rankLevel[slot.rank] != expertLevel[expert] + 1)
      continue;
    double direct = std::min(tokens - sent, std::max(0.0, capacity(slot.rank)));
    slot.tokens += direct;
    loads[slot.rank] += direct;
    sent += direct;
    // Push what others have here on to their other ranks.
    size_t &j = nextResident[slot.rank];
    for (; sent < tokens - epsilon && j < residents[slot.rank].size(); ++j) {
      auto [other, index] = residents[slot.rank][j];
      Slot &theirs = slotsOf[other][index];
      if (expertLevel[other] != rankLevel[slot.rank] + 1 ||
          theirs.tokens <= epsilon)
        continue;
      double moved = push(other, std::min(tokens - sent, theirs.tokens));
      theirs.tokens -= moved;
      slot.tokens += moved;
      sent += moved;
      if (sent >= tokens - epsilon)
        break;
    }
    if (sent >= tokens - epsilon)
      break;
  }
  return sent;
}

/// A largest flow within the time.
void ShareFlow::route(double most) {
  time = most;
  left.assign(problem.loads.begin(), problem.loads.end());
  loads.assign(problem.ranks, 0);
  for (std::vector<Slot> &slots : slotsOf)
    for (Slot &slot : slots)
      slot.tokens = 0;
  while (findLevels()) {
    next.assign(problem.numExperts(), 0);
    nextResident.assign(problem.ranks, 0);
    double sent = 0;
    for (int64_t expert = 0; expert < problem.numExperts(); ++expert)
      if (left[expert] > epsilon) {
        double moved = push(expert, left[expert]);
        left[expert] -= moved;
        sent += moved;
      }
    if (sent <= epsilon)
      return;
  }
}

/// What the set that has tokens left needs; the time itself if none has.
double ShareFlow::nextTime() const {
  double tokens = 0, speed = 0;
  for (int64_t expert = 0; expert < problem.numExperts(); ++expert)
    if (expertLevel[expert] >= 0)
      tokens += double(problem.loads[expert]);
  for (int64_t rank = 0; rank < problem.ranks; ++rank)
    if (rankLevel[rank] >= 0)
      speed += problem.speedOf(rank);
  return speed > 0 ? std::max(tokens / speed, time) : time;
}

/// Divides the tokens of one expert over its ranks so that those it uses have
/// the same time, as if it were poured over them.
void ShareFlow::pour(int64_t expert) {
  std::vector<Slot> &slots = slotsOf[expert];
  for (Slot &slot : slots)
    loads[slot.rank] -= slot.tokens;
  llvm::stable_sort(slots, [&](const Slot &a, const Slot &b) {
    return loads[a.rank] / problem.speedOf(a.rank) <
           loads[b.rank] / problem.speedOf(b.rank);
  });
  double tokens = double(problem.loads[expert]), speed = 0, level = 0;
  for (size_t i = 0; i < slots.size(); ++i) {
    tokens += loads[slots[i].rank];
    speed += problem.speedOf(slots[i].rank);
    level = tokens / speed;
    if (i + 1 < slots.size() &&
        level <= loads[slots[i + 1].rank] / problem.speedOf(slots[i + 1].rank))
      break;
  }
  for (Slot &slot : slots) {
    slot.tokens =
        std::max(0.0, level * problem.speedOf(slot.rank) - loads[slot.rank]);
    loads[slot.rank] += slot.tokens;
  }
}

/// The flow fills any rank up to the time of the busiest. Pouring every expert
/// again and again raises none above, and evens out the others.
void ShareFlow::evenOut() {
  constexpr int maxSweeps = 100;
  for (int sweep = 0; sweep < maxSweeps; ++sweep) {
    std::vector<double> before = loads;
    for (int64_t expert = 0; expert < problem.numExperts(); ++expert)
      if (slotsOf[expert].size() > 1)
        pour(expert);
    double change = 0;
    for (int64_t rank = 0; rank < problem.ranks; ++rank)
      change = std::max(change, std::abs(loads[rank] - before[rank]));
    if (change <= 1e-6 * time)
      return;
  }
}

void ShareFlow::solve() {
  loads.assign(problem.ranks, 0);
  double tokens = double(problem.total());
  if (tokens > 0)
    for (double most = tokens / problem.totalSpeed();;) {
      route(most);
      double needed = nextTime();
      if (needed <= most * (1 + 1e-12))
        break;
      most = needed;
    }
  evenOut();
  result.weights.assign(problem.numSlots(), 0);
  for (const std::vector<Slot> &slots : slotsOf) {
    double sum = 0;
    for (const Slot &slot : slots)
      sum += slot.tokens;
    for (const Slot &slot : slots)
      result.weights[slot.slot] =
          sum > 0 ? slot.tokens / sum : 1 / double(slots.size());
  }
}

void mlir::moe::solveShares(const PlacementProblem &problem,
                            PlacementResult &result) {
  ShareFlow(problem, result).solve();
}
