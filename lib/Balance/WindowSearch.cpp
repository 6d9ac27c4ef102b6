//===- WindowSearch.cpp - One placement for several recordings ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The search of EvenSearch.h, with the largest time of all ranks and windows to
// lower.
//
//===----------------------------------------------------------------------===//

#include "Random.h"
#include "WindowPlacement.h"
#include "moe/Balance/Solvers.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace mlir::moe;

namespace {
class WindowSearch {
public:
  WindowSearch(llvm::ArrayRef<PlacementProblem> windows, double goal,
               int64_t effort)
      : shape(windows.front()), now(windows), goal(goal), effort(effort) {}
  std::vector<int32_t> run(std::vector<int32_t> start);

private:
  using Peak = WindowPlacement::Peak;
  struct Change {
    double time;
    int64_t slot = -1, other = -1;
    int32_t expert = -1;
  };
  bool isDone(const Peak &peak) const {
    return effort <= 0 || peak.time <= goal;
  }
  void tryExchanges(const Peak &peak, int64_t partner, Change &best);
  void tryCopiesElsewhere(const Peak &peak, Change &best);
  void tryOthersHere(const Peak &peak, Change &best);
  bool apply(const Change &change);
  bool improve();
  void descend();
  void drift();
  bool exchangeAlike(const Peak &peak, int64_t &rank, int64_t &partner);
  void kick();

  /// As in EvenSearch.h.
  static constexpr int64_t maxIdle = 20, maxDrift = 128;

  const PlacementProblem &shape;
  WindowPlacement now;
  double goal;
  int64_t effort;
  Random random{1};
  std::vector<int32_t> byShare;
  std::vector<int64_t> placeOf;
};
} // namespace

void WindowSearch::tryExchanges(const Peak &peak, int64_t partner,
                                Change &best) {
  if (partner == peak.rank)
    return;
  llvm::ArrayRef<int32_t> mine = now.slotsOf(peak.rank);
  llvm::ArrayRef<int32_t> theirs = now.slotsOf(partner);
  effort -= int64_t(mine.size() * theirs.size());
  for (size_t i = 0; i < mine.size(); ++i) {
    if (mine[i] < 0 || now.holds(partner, mine[i]))
      continue;
    for (size_t j = 0; j < theirs.size(); ++j) {
      // Only what lowers the peak itself.
      if (now.shares(theirs[j])[peak.window] >=
          now.shares(mine[i])[peak.window])
        continue;
      int64_t slot = peak.rank * shape.slots + int64_t(i);
      int64_t other = partner * shape.slots + int64_t(j);
      double time = now.timeOfExchange(slot, other, best.time, peak.window);
      if (time < best.time &&
          (theirs[j] < 0 || !now.holds(peak.rank, theirs[j])))
        best = {time, slot, other};
    }
  }
}

/// A further copy of an expert of the peak's rank in another one.
void WindowSearch::tryCopiesElsewhere(const Peak &peak, Change &best) {
  for (int32_t expert : now.slotsOf(peak.rank))
    for (int64_t slot = 0; expert >= 0 && slot < shape.numSlots(); ++slot) {
      int64_t rank = slot / shape.slots;
      int32_t old = now.slots()[slot];
      if (slot % shape.slots >= shape.slotsOf(rank) ||
          (old >= 0 && now.copies(old) == 1) || now.holds(rank, expert))
        continue;
      effort -= 4;
      double time = now.timeOfReplacing(slot, expert, best.time, peak.window);
      if (time < best.time)
        best = {time, slot, -1, expert};
    }
}

/// A copy in the peak's rank for a further copy of another expert.
void WindowSearch::tryOthersHere(const Peak &peak, Change &best) {
  for (auto [index, old] : llvm::enumerate(now.slotsOf(peak.rank))) {
    if (old < 0 || now.copies(old) == 1)
      continue;
    int64_t slot = peak.rank * shape.slots + int64_t(index);
    for (int32_t expert = 0; expert < shape.numExperts(); ++expert) {
      if (now.holds(peak.rank, expert))
        continue;
      effort -= 4;
      double time = now.timeOfReplacing(slot, expert, best.time, peak.window);
      if (time < best.time)
        best = {time, slot, -1, expert};
    }
  }
}

bool WindowSearch::apply(const Change &change) {
  if (change.slot < 0)
    return false;
  if (change.expert >= 0)
    now.replace(change.slot, change.expert);
  else
    now.exchange(change.slot, change.other);
  return true;
}

bool WindowSearch::improve() {
  Peak peak = now.peak();
  effort -= shape.ranks;
  if (isDone(peak))
    return false;
  Change best{peak.time * (1 - 1e-12)};
  for (int64_t partner = 0; partner < shape.ranks; ++partner)
    tryExchanges(peak, partner, best);
  if (best.slot < 0 && shape.numUsableSlots() > shape.numExperts()) {
    tryCopiesElsewhere(peak, best);
    tryOthersHere(peak, best);
  }
  return apply(best);
}

void WindowSearch::descend() {
  while (improve())
    ;
}

/// A random slot for one with nearly the same share in all windows together,
/// where no window gets a higher peak.
bool WindowSearch::exchangeAlike(const Peak &peak, int64_t &rank,
                                 int64_t &partner) {
  constexpr int64_t reach = 12;
  rank = int64_t(random.below(shape.ranks));
  if (rank == peak.rank || shape.slotsOf(rank) == 0)
    return false;
  auto slot = rank * shape.slots + int64_t(random.below(shape.slotsOf(rank)));
  int32_t mine = now.slots()[slot];
  if (mine < 0)
    return false;
  int64_t place = placeOf[mine] + int64_t(random.below(2 * reach + 1)) - reach;
  if (place < 0 || place >= shape.numExperts() || byShare[place] == mine)
    return false;
  int32_t theirs = byShare[place];
  partner = now.holdersOf(theirs)[random.below(now.copies(theirs))];
  if (partner == rank || partner == peak.rank || now.holds(rank, theirs) ||
      now.holds(partner, mine))
    return false;
  llvm::ArrayRef<int32_t> slots = now.slotsOf(partner);
  int64_t other =
      partner * shape.slots + (llvm::find(slots, theirs) - slots.begin());
  if (now.timeOfExchange(slot, other, peak.time, peak.window) >= peak.time)
    return false;
  now.exchange(slot, other);
  return true;
}

void WindowSearch::drift() {
  byShare.resize(shape.numExperts());
  std::iota(byShare.begin(), byShare.end(), 0);
  std::vector<double> total;
  for (int32_t expert : byShare)
    total.push_back(now.totalShare(expert));
  llvm::sort(byShare, [&](int32_t a, int32_t b) {
    return total[a] != total[b] ? total[a] < total[b] : a < b;
  });
  placeOf.resize(shape.numExperts());
  for (auto [place, expert] : llvm::enumerate(byShare))
    placeOf[expert] = int64_t(place);
  Peak peak = now.peak();
  int64_t patience = maxDrift * shape.ranks;
  for (int64_t idle = 0; idle < patience && !isDone(peak); ++idle) {
    effort -= 2;
    int64_t rank, partner;
    if (!exchangeAlike(peak, rank, partner))
      continue;
    Change best{peak.time * (1 - 1e-12)};
    tryExchanges(peak, rank, best);
    tryExchanges(peak, partner, best);
    if (!apply(best))
      continue;
    peak = now.peak();
    effort -= shape.ranks;
    idle = 0;
  }
}

/// A few random slots for random experts or for one another.
void WindowSearch::kick() {
  bool recount = random.below(2) == 0;
  for (int i = 0; i < 3; ++i) {
    auto slot = int64_t(random.below(shape.numSlots()));
    auto other = int64_t(random.below(shape.numSlots()));
    int64_t rank = slot / shape.slots, partner = other / shape.slots;
    int32_t mine = now.slots()[slot], theirs = now.slots()[other];
    if (slot % shape.slots >= shape.slotsOf(rank) ||
        other % shape.slots >= shape.slotsOf(partner) || theirs < 0 ||
        mine < 0 || rank == partner || now.holds(rank, theirs))
      continue;
    if (recount && now.copies(mine) > 1)
      now.replace(slot, theirs);
    else if (!recount && !now.holds(partner, mine))
      now.exchange(slot, other);
  }
}

std::vector<int32_t> WindowSearch::run(std::vector<int32_t> start) {
  now.load(std::move(start));
  descend();
  drift();
  std::vector<int32_t> best = now.slots();
  double least = now.peak().time;
  int64_t patience = maxIdle * shape.ranks;
  for (int64_t idle = 0; idle < patience && effort > 0 && least > goal;
       ++idle) {
    // What copying the placement costs.
    effort -= 2 * (shape.numSlots() + shape.numExperts());
    kick();
    descend();
    drift();
    double time = now.peak().time;
    if (time < least)
      idle = 0;
    if (time <= least)
      best = now.slots(), least = time;
    else
      now.load(best);
  }
  return best;
}

/// All windows as one, each with the same weight.
static PlacementProblem sumOf(llvm::ArrayRef<PlacementProblem> windows) {
  PlacementProblem sum = windows.front();
  std::vector<double> parts(sum.numExperts());
  for (const PlacementProblem &window : windows)
    for (int64_t e = 0; window.total() > 0 && e < sum.numExperts(); ++e)
      parts[e] += double(window.loads[e]) / double(window.total());
  for (int64_t expert = 0; expert < sum.numExperts(); ++expert)
    sum.loads[expert] =
        int64_t(parts[expert] * 0x1p30 / double(windows.size()));
  return sum;
}

PlacementResult
mlir::moe::solveWindows(llvm::ArrayRef<PlacementProblem> windows,
                        const SearchLimits &limits) {
  if (windows.size() == 1)
    return solveEven(windows.front(), limits);
  double bound = 0;
  for (const PlacementProblem &window : windows)
    if (double mean = double(window.total()) / window.totalSpeed(); mean > 0)
      bound = std::max(bound, window.lowerBound(Dispatch::Even).tokens / mean);
  WindowSearch search(windows, bound * (1 + limits.tolerance), limits.effort);
  PlacementResult result;
  result.experts = search.run(
      solveEven(sumOf(windows), {1e-3, limits.effort / 256}).experts);
  shareEvenly(windows.front(), result);
  return result;
}
