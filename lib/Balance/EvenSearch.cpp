//===- EvenSearch.cpp - Local search over even placements -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvenSearch.h"
#include <algorithm>
#include <numeric>

using namespace mlir::moe;

/// Together two ranks cannot be below their mean.
bool EvenSearch::canLower(int64_t rank, int64_t partner, double best) const {
  double one = problem.speedOf(rank), other = problem.speedOf(partner);
  return rank != partner && problem.slotsOf(partner) > 0 &&
         now.time(rank) * one + now.time(partner) * other <
             best * (one + other);
}

void EvenSearch::markExperts(int64_t rank) {
  for (int32_t expert : now.slotsOf(rank))
    if (expert >= 0)
      stamp[expert] = rank;
}

/// One slot for one: of the experts that only one of the two ranks holds, both
/// in order of share, the pair whose difference evens the two out is found by
/// walking along both. The experts of the rank are marked.
void EvenSearch::tryExchanges(int64_t rank, int64_t partner, Change &best) {
  if (!canLower(rank, partner, best.time))
    return;
  llvm::ArrayRef<int32_t> mine = now.slotsOf(rank);
  llvm::ArrayRef<int32_t> theirs = now.slotsOf(partner);
  effort -= int64_t(mine.size() + theirs.size());
  double one = problem.speedOf(rank), other = problem.speedOf(partner);
  // Moving this much gives both the same time.
  double even =
      (now.time(rank) - now.time(partner)) * one * other / (one + other);
  for (size_t i = 0, j = 0; i < mine.size() && j < theirs.size();) {
    // Shared by both ranks, or nothing to give.
    if (mine[i] < 0)
      break;
    if (theirs[j] >= 0 && stamp[theirs[j]] == rank) {
      ++j;
      continue;
    }
    double moved = now.share(mine[i]) - now.share(theirs[j]);
    double time =
        std::max(now.timeWith(rank, -moved), now.timeWith(partner, moved));
    if (time < best.time && !now.holds(partner, mine[i])) {
      best = Change{time};
      best.slot = rank * problem.slots + int64_t(i);
      best.other = partner * problem.slots + int64_t(j);
    }
    moved > even ? ++i : ++j;
  }
}

void EvenSearch::tryExchanges(int64_t rank, Change &best) {
  markExperts(rank);
  // Others may be lower than the goal, but no rank needs to be.
  for (int64_t partner = 0; partner < problem.ranks && best.time > goal;
       ++partner)
    tryExchanges(rank, partner, best);
}

/// The larger time of the ranks that a further copy in a slot touches, or
/// anything above `limit`.
double EvenSearch::timeAfterReplacing(int64_t slot, int32_t expert,
                                      double limit) {
  int64_t rank = slot / problem.slots;
  int32_t old = now.slots()[slot];
  double share = now.shareOf(expert, now.copies(expert) + 1);
  double less = now.share(expert) - share;
  double time = now.timeWith(rank, share - now.share(old));
  if (old < 0 || time >= limit)
    return time;
  effort -= now.copies(old);
  double more = now.shareOf(old, now.copies(old) - 1) - now.share(old);
  for (int32_t holder : now.holdersOf(old)) {
    if (holder == rank)
      continue;
    bool relieved = now.holds(holder, expert);
    time = std::max(time, now.timeWith(holder, more - (relieved ? less : 0)));
    if (time >= limit)
      return time;
  }
  return time;
}

/// A further copy of an expert of this rank in a slot of another one.
void EvenSearch::tryCopiesElsewhere(int64_t rank, Change &best) {
  for (int32_t expert : now.slotsOf(rank)) {
    if (expert < 0)
      break;
    double less =
        now.share(expert) - now.shareOf(expert, now.copies(expert) + 1);
    if (now.timeWith(rank, -less) >= best.time)
      continue;
    for (int64_t partner = 0; partner < problem.ranks && effort > 0;
         ++partner) {
      effort -= problem.slots;
      if (now.holds(partner, expert))
        continue;
      for (auto [index, old] : llvm::enumerate(now.slotsOf(partner))) {
        if (old >= 0 && now.copies(old) == 1)
          continue;
        int64_t slot = partner * problem.slots + int64_t(index);
        double time = timeAfterReplacing(slot, expert, best.time);
        // This rank too, unless it also holds what is replaced.
        double here = now.timeWith(rank, -less);
        if (old >= 0 && now.holds(rank, old))
          here = time;
        if (std::max(time, here) < best.time) {
          best = Change{std::max(time, here)};
          best.slot = slot;
          best.expert = expert;
        }
      }
    }
  }
}

/// A copy in this rank for a further copy of an expert it does not hold.
void EvenSearch::tryOthersHere(int64_t rank, Change &best) {
  for (auto [index, old] : llvm::enumerate(now.slotsOf(rank))) {
    if (old < 0 || now.copies(old) == 1 || effort <= 0)
      continue;
    int64_t slot = rank * problem.slots + int64_t(index);
    effort -= problem.numExperts();
    for (int32_t expert = 0; expert < problem.numExperts(); ++expert) {
      double share = now.shareOf(expert, now.copies(expert) + 1);
      if (now.timeWith(rank, share - now.share(old)) >= best.time ||
          now.holds(rank, expert))
        continue;
      double time = timeAfterReplacing(slot, expert, best.time);
      if (time < best.time) {
        best = Change{time};
        best.slot = slot;
        best.expert = expert;
      }
    }
  }
}

/// Two slots for two, where there are not too many.
void EvenSearch::tryPairs(int64_t rank, Change &best) {
  struct Pair {
    double share;
    int64_t one, two;
  };
  auto pairsOf = [&](int64_t of, int64_t without, std::vector<Pair> &pairs) {
    pairs.clear();
    llvm::ArrayRef<int32_t> slots = now.slotsOf(of);
    for (size_t a = 0; a < slots.size(); ++a)
      for (size_t b = 0; b < a; ++b) {
        auto isShared = [&](int32_t expert) {
          return expert >= 0 && now.holds(without, expert);
        };
        if (!isShared(slots[a]) && !isShared(slots[b]))
          pairs.push_back({now.share(slots[a]) + now.share(slots[b]),
                           of * problem.slots + int64_t(a),
                           of * problem.slots + int64_t(b)});
      }
    llvm::stable_sort(
        pairs, [](const Pair &a, const Pair &b) { return a.share > b.share; });
  };
  std::vector<Pair> mine, theirs;
  for (int64_t partner = 0; partner < problem.ranks && effort > 0; ++partner) {
    if (!canLower(rank, partner, best.time))
      continue;
    pairsOf(rank, partner, mine);
    pairsOf(partner, rank, theirs);
    effort -= int64_t(8 * (mine.size() + theirs.size()));
    double one = problem.speedOf(rank), other = problem.speedOf(partner);
    double even =
        (now.time(rank) - now.time(partner)) * one * other / (one + other);
    for (size_t i = 0, j = 0; i < mine.size() && j < theirs.size();) {
      double moved = mine[i].share - theirs[j].share;
      double time =
          std::max(now.timeWith(rank, -moved), now.timeWith(partner, moved));
      if (time < best.time)
        best = {time, mine[i].one, theirs[j].one, mine[i].two, theirs[j].two};
      moved > even ? ++i : ++j;
    }
  }
}

void EvenSearch::apply(const Change &change) {
  if (change.expert >= 0) {
    effort -= problem.slots * now.copies(change.expert);
    return now.replace(change.slot, change.expert);
  }
  if (change.slot2 < 0)
    return now.exchange(change.slot, change.other);
  // Slots move when their rank is put in order: name the experts.
  int32_t mine = now.slots()[change.slot2], theirs = now.slots()[change.other2];
  int64_t rank = change.slot / problem.slots,
          partner = change.other / problem.slots;
  now.exchange(change.slot, change.other);
  auto slotOf = [&](int64_t of, int32_t expert) {
    llvm::ArrayRef<int32_t> slots = now.slotsOf(of);
    return of * problem.slots + (llvm::find(slots, expert) - slots.begin());
  };
  now.exchange(slotOf(rank, mine), slotOf(partner, theirs));
}

bool EvenSearch::improve() {
  int64_t rank = now.busiest();
  effort -= problem.ranks;
  if (now.time(rank) <= goal)
    return false;
  Change best{now.time(rank) * (1 - 1e-12)};
  tryExchanges(rank, best);
  if (best.slot < 0 && effort > 0 && numRedundant > 0) {
    tryCopiesElsewhere(rank, best);
    tryOthersHere(rank, best);
  }
  bool hasPairs = problem.slots > 1 && problem.slots <= 24;
  if (best.slot < 0 && effort > 0 && hasPairs)
    tryPairs(rank, best);
  if (best.slot < 0)
    return false;
  apply(best);
  return true;
}

/// A random slot of a random rank for one with nearly the same share; the
/// ranks, if neither is above the busiest after that.
std::optional<std::pair<int64_t, int64_t>>
EvenSearch::exchangeAlike(int64_t busiest) {
  constexpr uint64_t reach = 8;
  auto rank = int64_t(random.below(problem.ranks));
  if (rank == busiest || problem.slotsOf(rank) == 0)
    return std::nullopt;
  auto index = int64_t(random.below(problem.slotsOf(rank)));
  int32_t mine = now.slotsOf(rank)[index];
  if (mine < 0)
    return std::nullopt;
  uint64_t step = random.below(2 * reach);
  int64_t place = placeOf[mine] + (step < reach ? int64_t(step) - int64_t(reach)
                                                : int64_t(step - reach) + 1);
  if (place < 0 || place >= problem.numExperts())
    return std::nullopt;
  int32_t theirs = byShare[place];
  int64_t partner = now.holdersOf(theirs)[random.below(now.copies(theirs))];
  double most = now.time(busiest), moved = now.share(mine) - now.share(theirs);
  if (partner == rank || partner == busiest ||
      now.timeWith(rank, -moved) >= most ||
      now.timeWith(partner, moved) >= most || now.holds(rank, theirs) ||
      now.holds(partner, mine))
    return std::nullopt;
  llvm::ArrayRef<int32_t> slots = now.slotsOf(partner);
  now.exchange(rank * problem.slots + index,
               partner * problem.slots +
                   (llvm::find(slots, theirs) - slots.begin()));
  return std::pair(rank, partner);
}

/// Lowers the busiest rank with the help of exchanges elsewhere, which change
/// no maximum: only the two ranks that exchanged are new to the busiest.
void EvenSearch::drift() {
  byShare.resize(problem.numExperts());
  std::iota(byShare.begin(), byShare.end(), 0);
  llvm::sort(byShare, [&](int32_t a, int32_t b) {
    return now.share(a) != now.share(b) ? now.share(a) < now.share(b) : a < b;
  });
  placeOf.resize(problem.numExperts());
  for (auto [place, expert] : llvm::enumerate(byShare))
    placeOf[expert] = int64_t(place);
  int64_t busiest = now.busiest();
  markExperts(busiest);
  int64_t patience = maxDrift * problem.ranks;
  for (int64_t idle = 0;
       idle < patience && effort > 0 && now.time(busiest) > goal; ++idle) {
    effort -= 2;
    auto exchanged = exchangeAlike(busiest);
    if (!exchanged)
      continue;
    effort -= 2 * problem.slots;
    Change best{now.time(busiest) * (1 - 1e-12)};
    tryExchanges(busiest, exchanged->first, best);
    tryExchanges(busiest, exchanged->second, best);
    if (best.slot < 0)
      continue;
    apply(best);
    busiest = now.busiest();
    markExperts(busiest);
    effort -= problem.ranks;
    idle = 0;
  }
}

int64_t EvenSearch::descend(int64_t most) {
  effort = most;
  while (effort > 0 && improve())
    ;
  return most - effort;
}

/// A random slot for a random expert.
void EvenSearch::replaceAtRandom() {
  auto slot = int64_t(random.below(problem.numSlots()));
  auto expert = int32_t(random.below(problem.numExperts()));
  int64_t rank = slot / problem.slots;
  int32_t old = now.slots()[slot];
  if (slot % problem.slots < problem.slotsOf(rank) &&
      (old < 0 || now.copies(old) > 1) && !now.holds(rank, expert))
    now.replace(slot, expert);
}

/// A random slot of the rank for a random slot of another.
void EvenSearch::exchangeAtRandom(int64_t rank) {
  auto partner = int64_t(random.below(problem.ranks));
  if (partner == rank || problem.slotsOf(rank) == 0 ||
      problem.slotsOf(partner) == 0)
    return;
  auto mine = int64_t(random.below(problem.slotsOf(rank)));
  auto theirs = int64_t(random.below(problem.slotsOf(partner)));
  int32_t given = now.slotsOf(rank)[mine];
  int32_t taken = now.slotsOf(partner)[theirs];
  if ((given < 0 || !now.holds(partner, given)) &&
      (taken < 0 || !now.holds(rank, taken)))
    now.exchange(rank * problem.slots + mine, partner * problem.slots + theirs);
}

void EvenSearch::kick() {
  constexpr int changes = 5;
  bool recount = numRedundant > 0 && random.below(2) == 0;
  int64_t rank = now.busiest();
  for (int i = 0; i < changes; ++i) {
    if (recount)
      replaceAtRandom();
    else
      exchangeAtRandom(rank);
    rank = int64_t(random.below(problem.ranks));
  }
}

int64_t EvenSearch::run(int64_t most) {
  descend(most);
  if (problem.slots > 2)
    drift();
  std::vector<int32_t> best = now.slots();
  double least = now.maximum();
  int64_t patience = std::max(minIdle, maxIdle * problem.ranks);
  for (int64_t idle = 0; idle < patience && effort > 0 && !isDone(); ++idle) {
    // What copying the placement costs.
    effort -= 2 * (problem.numSlots() + problem.numExperts());
    kick();
    descend(effort);
    if (problem.slots > 2)
      drift();
    double time = now.maximum();
    if (time > least) {
      now.load(best);
      continue;
    }
    if (time < least)
      idle = 0;
    best = now.slots();
    least = time;
  }
  now.load(best);
  return most - effort;
}
