//===- WindowSearch.cpp - One placement for several recordings ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The local search of EvenSearch.h with as many loads of a rank as there are
// windows, each over the mean of its window, and the largest of all to lower.
//
//===----------------------------------------------------------------------===//

#include "EvenPlacement.h"
#include "moe/Balance/Solvers.h"
#include <algorithm>
#include <array>

using namespace mlir::moe;

namespace {
class WindowSearch {
public:
  WindowSearch(llvm::ArrayRef<PlacementProblem> windows, int64_t effort);
  void run();
  std::vector<int32_t> experts;

private:
  struct Change {
    double time;
    int64_t slot = -1, other = -1;
    int32_t expert = -1;
  };
  const PlacementProblem &shape() const { return windows.front(); }
  size_t numWindows() const { return windows.size(); }
  /// Of one copy in a window, over the mean of a rank.
  double share(size_t window, int32_t expert, int64_t copies) const {
    return expert < 0 ? 0
                      : double(windows[window].loads[expert]) * scale[window] /
                            double(copies);
  }
  double &load(size_t window, int64_t rank) {
    return loads[window * shape().ranks + rank];
  }
  double time(size_t window, int64_t rank) {
    return load(window, rank) / shape().speedOf(rank);
  }
  bool holds(int64_t rank, int32_t expert) const {
    auto first = experts.begin() + rank * shape().slots;
    return std::find(first, first + shape().slots, expert) !=
           first + shape().slots;
  }
  void measure();
  void rankTimes();
  double maximum();
  double elsewhere(size_t window, int64_t rank, int64_t partner) const;
  void tryExchanges(int64_t rank, Change &best);
  void tryCopies(int64_t rank, Change &best);

  llvm::ArrayRef<PlacementProblem> windows;
  int64_t effort;
  std::vector<double> scale, loads;
  std::vector<int64_t> copies;
  /// The three busiest ranks of each window.
  std::vector<std::array<int64_t, 3>> busiest;
};
} // namespace

WindowSearch::WindowSearch(llvm::ArrayRef<PlacementProblem> windows,
                           int64_t effort)
    : windows(windows), effort(effort) {
  // Start from the sum of all windows, each with the same weight.
  PlacementProblem sum = shape();
  std::vector<double> parts(sum.numExperts());
  for (const PlacementProblem &window : windows) {
    double mean = double(window.total()) / window.totalSpeed();
    scale.push_back(mean > 0 ? 1 / mean : 0);
    for (int64_t expert = 0; expert < sum.numExperts(); ++expert)
      parts[expert] += double(window.loads[expert]) * scale.back();
  }
  for (int64_t expert = 0; expert < sum.numExperts(); ++expert)
    sum.loads[expert] = int64_t(parts[expert] * 0x1p20);
  experts = solveEven(sum, {1e-3, effort / 64}).experts;
}

void WindowSearch::measure() {
  copies.assign(shape().numExperts(), 0);
  for (int32_t expert : experts)
    if (expert >= 0)
      ++copies[expert];
  loads.assign(numWindows() * shape().ranks, 0);
  for (size_t window = 0; window < numWindows(); ++window)
    for (int64_t slot = 0; slot < shape().numSlots(); ++slot)
      if (experts[slot] >= 0)
        load(window, slot / shape().slots) +=
            share(window, experts[slot], copies[experts[slot]]);
  rankTimes();
}

void WindowSearch::rankTimes() {
  busiest.assign(numWindows(), {-1, -1, -1});
  for (size_t window = 0; window < numWindows(); ++window)
    for (int64_t rank = 0; rank < shape().ranks; ++rank) {
      int64_t here = rank;
      for (int64_t &place : busiest[window]) {
        if (here >= 0 &&
            (place < 0 || time(window, here) > time(window, place)))
          std::swap(place, here);
      }
    }
}

double WindowSearch::maximum() {
  double most = 0;
  for (size_t window = 0; window < numWindows(); ++window)
    most = std::max(most, time(window, busiest[window][0]));
  return most;
}

/// The busiest of the other ranks.
double WindowSearch::elsewhere(size_t window, int64_t rank,
                               int64_t partner) const {
  for (int64_t place : busiest[window])
    if (place >= 0 && place != rank && place != partner)
      return loads[window * shape().ranks + place] / shape().speedOf(place);
  return 0;
}

void WindowSearch::tryExchanges(int64_t rank, Change &best) {
  int64_t slots = shape().slots;
  for (int64_t partner = 0; partner < shape().ranks; ++partner) {
    if (partner == rank)
      continue;
    effort -= slots * slots;
    for (int64_t a = rank * slots; a < rank * slots + shape().slotsOf(rank);
         ++a) {
      if (experts[a] >= 0 && holds(partner, experts[a]))
        continue;
      for (int64_t b = partner * slots;
           b < partner * slots + shape().slotsOf(partner); ++b) {
        double most = 0;
        for (size_t w = 0; w < numWindows() && most < best.time; ++w) {
          double moved =
              share(w, experts[a], experts[a] < 0 ? 1 : copies[experts[a]]) -
              share(w, experts[b], experts[b] < 0 ? 1 : copies[experts[b]]);
          most =
              std::max({most, elsewhere(w, rank, partner),
                        (load(w, rank) - moved) / shape().speedOf(rank),
                        (load(w, partner) + moved) / shape().speedOf(partner)});
        }
        if (most < best.time && (experts[b] < 0 || !holds(rank, experts[b]))) {
          best = Change{most};
          best.slot = a, best.other = b;
        }
      }
    }
  }
}

/// A further copy of an expert of the rank in place of one that has others.
void WindowSearch::tryCopies(int64_t rank, Change &best) {
  for (int64_t a = rank * shape().slots; a < (rank + 1) * shape().slots; ++a) {
    int32_t expert = experts[a];
    if (expert < 0)
      continue;
    for (int64_t slot = 0; slot < shape().numSlots() && effort > 0; ++slot) {
      int64_t partner = slot / shape().slots;
      int32_t old = experts[slot];
      if (slot % shape().slots >= shape().slotsOf(partner) ||
          (old >= 0 && copies[old] == 1) || holds(partner, expert))
        continue;
      effort -= int64_t(numWindows()) * shape().numSlots();
      experts[slot] = expert;
      measure();
      double most = maximum();
      experts[slot] = old;
      if (most < best.time) {
        best = Change{most};
        best.slot = slot, best.expert = expert;
      }
    }
  }
  measure();
}

void WindowSearch::run() {
  measure();
  while (effort > 0) {
    size_t worst = 0;
    for (size_t w = 1; w < numWindows(); ++w)
      if (time(w, busiest[w][0]) > time(worst, busiest[worst][0]))
        worst = w;
    int64_t rank = busiest[worst][0];
    Change best{maximum() * (1 - 1e-9)};
    tryExchanges(rank, best);
    if (best.slot < 0)
      tryCopies(rank, best);
    if (best.slot < 0)
      return;
    if (best.expert >= 0)
      experts[best.slot] = best.expert;
    else
      std::swap(experts[best.slot], experts[best.other]);
    measure();
  }
}

PlacementResult
mlir::moe::solveWindows(llvm::ArrayRef<PlacementProblem> windows,
                        const SearchLimits &limits) {
  PlacementResult result;
  if (windows.size() == 1)
    return solveEven(windows.front(), limits);
  // A comparison costs little here.
  WindowSearch search(windows, 16 * limits.effort);
  search.run();
  result.experts = std::move(search.experts);
  shareEvenly(windows.front(), result);
  return result;
}
