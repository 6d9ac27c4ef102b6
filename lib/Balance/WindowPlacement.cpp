//===- WindowPlacement.cpp - One placement under several loads ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowPlacement.h"
#include <algorithm>
#include <numeric>

using namespace mlir::moe;

WindowPlacement::WindowPlacement(llvm::ArrayRef<PlacementProblem> windows)
    : windows(windows), experts(shape().numSlots(), PlacementResult::emptySlot),
      whole(size_t(shape().numExperts() + 1) * windows.size()),
      share(whole.size()), holders(shape().numExperts()) {
  for (size_t w = 0; w < numWindows(); ++w) {
    double total = double(windows[w].total());
    for (int64_t e = 0; total > 0 && e < shape().numExperts(); ++e)
      whole[size_t(e + 1) * numWindows() + w] =
          double(windows[w].loads[e]) * shape().totalSpeed() / total;
  }
  for (int64_t rank = 0; rank < shape().ranks; ++rank)
    slowness.push_back(1 / shape().speedOf(rank));
}

void WindowPlacement::load(std::vector<int32_t> slots) {
  experts = std::move(slots);
  loads.assign(size_t(shape().ranks) * numWindows(), 0);
  for (auto &list : holders)
    list.clear();
  for (int64_t slot = 0; slot < shape().numSlots(); ++slot)
    if (experts[slot] >= 0)
      holders[experts[slot]].push_back(int32_t(slot / shape().slots));
  for (int32_t expert = 0; expert < shape().numExperts(); ++expert) {
    setShare(expert);
    for (int32_t rank : holders[expert])
      add(rank, expert, 1);
  }
}

void WindowPlacement::setShare(int32_t expert) {
  size_t first = size_t(expert + 1) * numWindows();
  for (size_t w = 0; w < numWindows(); ++w)
    share[first + w] = whole[first + w] / double(copies(expert));
}

double WindowPlacement::totalShare(int32_t expert) const {
  return std::accumulate(shares(expert), shares(expert) + numWindows(), 0.0);
}

void WindowPlacement::add(int64_t rank, int32_t expert, double sign) {
  for (size_t w = 0; w < numWindows(); ++w)
    loads[size_t(rank) * numWindows() + w] += sign * shares(expert)[w];
}

WindowPlacement::Peak WindowPlacement::peak() const {
  Peak peak;
  for (int64_t rank = 0; rank < shape().ranks; ++rank)
    for (size_t w = 0; w < numWindows(); ++w)
      if (double time = timeWith(rank, w, 0); time > peak.time)
        peak = {time, rank, w};
  return peak;
}

double WindowPlacement::timeOfExchange(int64_t slot, int64_t other,
                                       double limit, size_t first) const {
  int64_t rank = slot / shape().slots, partner = other / shape().slots;
  const double *mine = shares(experts[slot]), *theirs = shares(experts[other]);
  double most = 0;
  for (size_t i = 0, w = first; i < numWindows() && most < limit; ++i) {
    double moved = mine[w] - theirs[w];
    most = std::max(
        {most, timeWith(rank, w, -moved), timeWith(partner, w, moved)});
    w = w + 1 == numWindows() ? 0 : w + 1;
  }
  return most;
}

double WindowPlacement::timeOfReplacing(int64_t slot, int32_t expert,
                                        double limit, size_t first) const {
  int64_t rank = slot / shape().slots;
  int32_t old = experts[slot];
  const double *mine = shares(expert), *theirs = shares(old);
  double less = 1 / double(copies(expert) + 1);
  double more = old < 0 ? 0 : 1 / double(copies(old) - 1);
  double most = 0;
  for (size_t i = 0, w = first; i < numWindows() && most < limit; ++i) {
    double gained = mine[w] * (1 - less);
    most = std::max(most, timeWith(rank, w, gained - theirs[w]));
    for (int32_t holder : holders[expert]) {
      double also = old >= 0 && holds(holder, old) ? theirs[w] * more : 0;
      most = std::max(most, timeWith(holder, w, also - mine[w] * less));
    }
    for (int32_t holder : old < 0 ? llvm::ArrayRef<int32_t>() : holdersOf(old))
      if (holder != rank && most < limit && !holds(holder, expert))
        most = std::max(most, timeWith(holder, w, theirs[w] * more));
    w = w + 1 == numWindows() ? 0 : w + 1;
  }
  return most;
}

void WindowPlacement::exchange(int64_t slot, int64_t other) {
  int64_t rank = slot / shape().slots, partner = other / shape().slots;
  int32_t mine = experts[slot], theirs = experts[other];
  for (auto [expert, from, to] :
       {std::tuple(mine, rank, partner), std::tuple(theirs, partner, rank)}) {
    if (expert < 0)
      continue;
    add(from, expert, -1), add(to, expert, 1);
    *llvm::find(holders[expert], int32_t(from)) = int32_t(to);
  }
  std::swap(experts[slot], experts[other]);
}

void WindowPlacement::replace(int64_t slot, int32_t expert) {
  int64_t rank = slot / shape().slots;
  int32_t old = experts[slot];
  for (int32_t changed : {old, expert}) {
    if (changed < 0)
      continue;
    for (int32_t holder : holders[changed])
      add(holder, changed, -1);
    if (changed == old)
      holders[changed].erase(llvm::find(holders[changed], int32_t(rank)));
    else
      holders[changed].push_back(int32_t(rank));
    setShare(changed);
    for (int32_t holder : holders[changed])
      add(holder, changed, 1);
  }
  experts[slot] = expert;
}
