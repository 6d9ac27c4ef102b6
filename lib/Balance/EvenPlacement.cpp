//===- EvenPlacement.cpp - Copies with equal shares -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvenPlacement.h"
#include "ReplicaCounts.h"
#include <algorithm>
#include <cmath>

using namespace mlir::moe;

EvenPlacement::EvenPlacement(const PlacementProblem &problem)
    : problem(problem), experts(problem.numSlots(), PlacementResult::emptySlot),
      shares(problem.numExperts()), loads(problem.ranks),
      slowness(problem.ranks, 1), holders(problem.numExperts()),
      filled(problem.ranks) {
  for (int64_t rank = 0; rank < problem.ranks; ++rank)
    slowness[rank] = 1 / problem.speedOf(rank);
}

std::vector<int32_t> EvenPlacement::countCopies(double bias) const {
  int64_t alive = 0;
  for (int64_t rank = 0; rank < problem.ranks; ++rank)
    alive += problem.slotsOf(rank) > 0;
  std::vector<double> asked(problem.loads.begin(), problem.loads.end());
  if (bias != 0)
    for (double &tokens : asked)
      tokens = std::pow(tokens, 1 - bias);
  return countReplicas<double>(asked, problem.numUsableSlots(), alive);
}

void EvenPlacement::fill(const std::vector<int32_t> &counts) {
  using Entry = std::pair<double, int32_t>;
  clear();
  std::vector<Entry> order;
  order.reserve(problem.numExperts());
  for (int32_t expert = 0; expert < problem.numExperts(); ++expert) {
    shares[expert] = shareOf(expert, counts[expert]);
    order.push_back({-shares[expert], expert});
  }
  llvm::sort(order);
  // Ranks with room, as a heap with the least time on top.
  std::vector<Entry> least, used;
  for (int64_t rank = 0; rank < problem.ranks; ++rank)
    if (problem.slotsOf(rank) > 0)
      least.push_back({0.0, int32_t(rank)});
  for (auto [share, expert] : order) {
    // Fewer than asked for where too few ranks have room.
    for (int64_t copy = 0; copy < counts[expert] && !least.empty(); ++copy) {
      std::pop_heap(least.begin(), least.end(), std::greater<>());
      int32_t rank = least.back().second;
      least.pop_back();
      put(rank, expert);
      loads[rank] += shares[expert];
      if (filled[rank] < problem.slotsOf(rank))
        used.push_back({time(rank), rank});
    }
    for (const Entry &entry : used) {
      least.push_back(entry);
      std::push_heap(least.begin(), least.end(), std::greater<>());
    }
    used.clear();
  }
  measure();
}

void EvenPlacement::clear() {
  std::fill(experts.begin(), experts.end(), PlacementResult::emptySlot);
  std::fill(filled.begin(), filled.end(), 0);
  std::fill(loads.begin(), loads.end(), 0);
  for (auto &holding : holders)
    holding.clear();
}

void EvenPlacement::load(llvm::ArrayRef<int32_t> slots) {
  clear();
  for (int64_t rank = 0; rank < problem.ranks; ++rank)
    for (int32_t expert : slots.slice(rank * problem.slots, problem.slots))
      if (expert != PlacementResult::emptySlot && !holds(rank, expert) &&
          filled[rank] < problem.slotsOf(rank))
        put(rank, expert);
  for (int32_t expert = 0; expert < problem.numExperts(); ++expert)
    if (holders[expert].empty())
      placeWherever(expert);
  measure();
}

/// A first copy of an expert that lost all: in an empty slot, else in place of
/// the expert with most copies.
void EvenPlacement::placeWherever(int32_t expert) {
  for (int64_t rank = 0; rank < problem.ranks; ++rank)
    if (filled[rank] < problem.slotsOf(rank))
      return put(rank, expert);
  int64_t slot = -1;
  for (int64_t p = 0; p < problem.numSlots(); ++p)
    if (experts[p] >= 0 &&
        (slot < 0 || copies(experts[p]) > copies(experts[slot])))
      slot = p;
  int64_t rank = slot / problem.slots;
  moveHolder(experts[slot], rank, -1);
  experts[slot] = expert;
  holders[expert].push_back(int32_t(rank));
}

void EvenPlacement::measure() {
  std::fill(loads.begin(), loads.end(), 0);
  for (int32_t expert = 0; expert < problem.numExperts(); ++expert) {
    shares[expert] = shareOf(expert, copies(expert));
    for (int32_t rank : holders[expert])
      loads[rank] += shares[expert];
  }
  for (int64_t rank = 0; rank < problem.ranks; ++rank)
    sortRank(rank);
}

/// By insertion: a rank is nearly sorted after any change.
void EvenPlacement::sortRank(int64_t rank) {
  int32_t *first = &experts[rank * problem.slots];
  for (int64_t i = 1, end = problem.slotsOf(rank); i < end; ++i) {
    int32_t moved = first[i];
    // Empty slots come last, behind experts without load.
    auto isBefore = [&](int32_t a, int32_t b) {
      return share(a) != share(b) ? share(a) > share(b)
                                  : (a >= 0 && (b < 0 || a < b));
    };
    int64_t to = i;
    for (; to > 0 && isBefore(moved, first[to - 1]); --to)
      first[to] = first[to - 1];
    first[to] = moved;
  }
}

int64_t EvenPlacement::busiest() const {
  int64_t busiest = 0;
  for (int64_t rank = 1; rank < problem.ranks; ++rank)
    if (time(rank) > time(busiest))
      busiest = rank;
  return busiest;
}

/// A holder `to` of -1 removes the copy.
void EvenPlacement::moveHolder(int32_t expert, int64_t from, int64_t to) {
  if (expert < 0)
    return;
  int32_t &holder = *llvm::find(holders[expert], int32_t(from));
  if (to >= 0) {
    holder = int32_t(to);
    return;
  }
  holder = holders[expert].back();
  holders[expert].pop_back();
}

void EvenPlacement::exchange(int64_t slot, int64_t other) {
  int64_t rank = slot / problem.slots, partner = other / problem.slots;
  double moved = share(experts[slot]) - share(experts[other]);
  moveHolder(experts[slot], rank, partner);
  moveHolder(experts[other], partner, rank);
  loads[rank] -= moved;
  loads[partner] += moved;
  std::swap(experts[slot], experts[other]);
  sortRank(rank);
  sortRank(partner);
}

/// After a change of the number of copies.
void EvenPlacement::changeShare(int32_t expert) {
  double change = shareOf(expert, copies(expert)) - shares[expert];
  shares[expert] += change;
  for (int32_t rank : holders[expert]) {
    loads[rank] += change;
    sortRank(rank);
  }
}

void EvenPlacement::replace(int64_t slot, int32_t expert) {
  int64_t rank = slot / problem.slots;
  int32_t old = experts[slot];
  loads[rank] += shares[expert] - share(old);
  moveHolder(old, rank, -1);
  experts[slot] = expert;
  holders[expert].push_back(int32_t(rank));
  if (old >= 0)
    changeShare(old);
  changeShare(expert);
}

void EvenPlacement::giveUp(int64_t slot) {
  int64_t rank = slot / problem.slots;
  int32_t old = experts[slot];
  loads[rank] -= shares[old];
  moveHolder(old, rank, -1);
  experts[slot] = PlacementResult::emptySlot;
  sortRank(rank);
  changeShare(old);
}
