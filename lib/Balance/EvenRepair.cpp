//===- EvenRepair.cpp - Few moves to a better even placement --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EvenRepair.h"
#include "EvenSearch.h"
#include "Random.h"
#include <algorithm>

using namespace mlir::moe;

namespace {
enum class Kind { None, GiveUp, Move, Copy, Exchange };

/// A change by experts and ranks: slots move when a rank is put in order.
struct NamedChange {
  Kind kind;
  int32_t mine, theirs;
  int64_t rank, partner;
};

class EvenRepair {
public:
  EvenRepair(const PlacementProblem &problem, EvenPlacement &placement,
             double goal, const MovePrices &prices, uint64_t seed)
      : problem(problem), now(placement), goal(goal), prices(prices),
        random(seed), isRandom(seed > 0), more(problem.ranks) {}
  /// Makes at most so many moves.
  void run(int64_t most);
  /// Makes the changes again from another placement, but each only with this
  /// probability, and only if it is still one.
  void replay(llvm::ArrayRef<NamedChange> changes, double probability);
  /// The changes that were made, in their order.
  std::vector<NamedChange> made;

private:
  struct Change {
    Kind kind = Kind::None;
    int64_t slot = -1, other = -1;
    double value = 0;
    int64_t moves() const {
      return kind == Kind::Exchange ? 2 : kind == Kind::GiveUp ? 0 : 1;
    }
  };
  /// Collects what a change adds to ranks, then what it gains.
  void add(int64_t rank, double tokens);
  void addToOthers(int32_t expert, double tokens, int64_t without);
  double gainOf(int64_t rank, double tokens) const;
  double priceOf(Kind kind, int64_t slot, int64_t other) const;
  double takeGain();
  void consider(Kind kind, int64_t slot, int64_t other, Change &best);
  void collect(Kind kind, int64_t slot, int64_t other);
  bool isFree(int64_t slot) const {
    int32_t held = now.slots()[slot];
    return held < 0 || now.copies(held) > 1;
  }
  std::vector<int64_t> busiestRanks() const;
  void tryRank(int64_t rank, int64_t moves, Change &best);
  void apply(const Change &change);
  int64_t slotWith(int64_t rank, int32_t expert) const;
  bool isLegal(const Change &change) const;

  const PlacementProblem &problem;
  EvenPlacement &now;
  double goal;
  const MovePrices &prices;
  Random random;
  bool isRandom;
  std::vector<double> more; // tokens by rank
  llvm::SmallVector<int64_t, 16> touched;
};
} // namespace

void EvenRepair::add(int64_t rank, double tokens) {
  if (!llvm::is_contained(touched, rank))
    touched.push_back(rank), more[rank] = 0;
  more[rank] += tokens;
}

void EvenRepair::addToOthers(int32_t expert, double tokens, int64_t without) {
  for (int32_t holder : now.holdersOf(expert))
    if (holder != without)
      add(holder, tokens);
}

/// What a rank has less above the goal with so many tokens more.
double EvenRepair::gainOf(int64_t rank, double tokens) const {
  return std::max(0.0, now.time(rank) - goal) -
         std::max(0.0, now.timeWith(rank, tokens) - goal);
}

double EvenRepair::takeGain() {
  double gain = 0;
  for (int64_t rank : touched)
    gain += gainOf(rank, more[rank]);
  touched.clear();
  return gain;
}

/// What the change adds to each rank.
void EvenRepair::collect(Kind kind, int64_t slot, int64_t other) {
  int64_t rank = slot / problem.slots;
  int32_t mine = now.slots()[slot];
  double share = now.share(mine);
  if (kind == Kind::GiveUp) {
    add(rank, -share);
    addToOthers(mine, now.shareOf(mine, now.copies(mine) - 1) - share, rank);
    return;
  }
  int64_t partner = other / problem.slots;
  int32_t theirs = now.slots()[other];
  double taken = now.share(theirs);
  if (theirs >= 0)
    addToOthers(theirs, now.shareOf(theirs, now.copies(theirs) - 1) - taken,
                partner);
  if (kind == Kind::Move) {
    add(rank, -share), add(partner, share - taken);
    return;
  }
  double less = now.shareOf(mine, now.copies(mine) + 1);
  addToOthers(mine, less - share, -1);
  add(partner, less - taken);
}

double EvenRepair::priceOf(Kind kind, int64_t slot, int64_t other) const {
  if (kind == Kind::GiveUp)
    return 0;
  double price = prices.of(now.slots()[slot], other / problem.slots);
  if (kind == Kind::Exchange)
    price += prices.of(now.slots()[other], slot / problem.slots);
  return price;
}

void EvenRepair::consider(Kind kind, int64_t slot, int64_t other,
                          Change &best) {
  Change change{kind, slot, other};
  if (kind == Kind::Exchange) {
    double moved = now.share(now.slots()[slot]) - now.share(now.slots()[other]);
    change.value = gainOf(slot / problem.slots, -moved) +
                   gainOf(other / problem.slots, moved);
  } else {
    collect(kind, slot, other);
    change.value = takeGain();
  }
  // What moves nothing comes first if it helps at all.
  change.value /= priceOf(kind, slot, other) + 0.1;
  if (isRandom)
    change.value *= 0.7 + 0.3 * random.uniform();
  if (change.value > best.value)
    best = change;
}

/// All changes of the slots of a rank that has too much.
void EvenRepair::tryRank(int64_t rank, int64_t moves, Change &best) {
  for (auto [index, mine] : llvm::enumerate(now.slotsOf(rank))) {
    int64_t slot = rank * problem.slots + int64_t(index);
    if (mine < 0 || now.share(mine) == 0)
      continue;
    if (now.copies(mine) > 1)
      consider(Kind::GiveUp, slot, -1, best);
    for (int64_t other = 0; moves > 0 && other < problem.numSlots(); ++other) {
      int64_t partner = other / problem.slots;
      int32_t theirs = now.slots()[other];
      if (other % problem.slots >= problem.slotsOf(partner) ||
          partner == rank || now.holds(partner, mine))
        continue;
      if (isFree(other)) {
        consider(Kind::Move, slot, other, best);
        consider(Kind::Copy, slot, other, best);
      }
      if (moves > 1 && theirs >= 0 && now.share(theirs) < now.share(mine) &&
          !now.holds(rank, theirs))
        consider(Kind::Exchange, slot, other, best);
    }
  }
}

void EvenRepair::apply(const Change &change) {
  int32_t mine = now.slots()[change.slot];
  bool hasOther = change.kind != Kind::GiveUp;
  made.push_back({change.kind, mine, hasOther ? now.slots()[change.other] : -1,
                  change.slot / problem.slots,
                  hasOther ? change.other / problem.slots : -1});
  switch (change.kind) {
  case Kind::None:
    return;
  case Kind::GiveUp:
    return now.giveUp(change.slot);
  case Kind::Exchange:
    return now.exchange(change.slot, change.other);
  case Kind::Copy:
    return now.replace(change.other, mine);
  case Kind::Move:
    now.replace(change.other, mine);
    // The slot may have changed its place in the rank.
    int64_t rank = change.slot / problem.slots;
    llvm::ArrayRef<int32_t> slots = now.slotsOf(rank);
    now.giveUp(rank * problem.slots +
               (llvm::find(slots, mine) - slots.begin()));
  }
}

/// Some of those above the goal, busiest first.
std::vector<int64_t> EvenRepair::busiestRanks() const {
  constexpr size_t most = 4;
  std::vector<int64_t> ranks;
  for (int64_t rank = 0; rank < problem.ranks; ++rank)
    if (now.time(rank) > goal)
      ranks.push_back(rank);
  llvm::stable_sort(
      ranks, [&](int64_t a, int64_t b) { return now.time(a) > now.time(b); });
  ranks.resize(std::min(ranks.size(), most));
  return ranks;
}

void EvenRepair::run(int64_t most) {
  for (int64_t steps = 4 * problem.numSlots(); steps > 0; --steps) {
    Change best;
    best.value = goal * 1e-9;
    for (int64_t rank : busiestRanks())
      tryRank(rank, most, best);
    if (best.kind == Kind::None)
      return;
    most -= best.moves();
    apply(best);
  }
}

/// The slot of a rank with the expert, or of -1 an empty one; -1 if there is
/// none.
int64_t EvenRepair::slotWith(int64_t rank, int32_t expert) const {
  llvm::ArrayRef<int32_t> slots = now.slotsOf(rank);
  auto found = llvm::find(slots, expert);
  return found == slots.end() ? -1
                              : rank * problem.slots + (found - slots.begin());
}

bool EvenRepair::isLegal(const Change &change) const {
  int32_t mine = now.slots()[change.slot];
  if (change.kind == Kind::GiveUp)
    return now.copies(mine) > 1;
  int32_t theirs = now.slots()[change.other];
  if (now.holds(change.other / problem.slots, mine))
    return false;
  if (change.kind == Kind::Exchange)
    return !now.holds(change.slot / problem.slots, theirs);
  return isFree(change.other);
}

void EvenRepair::replay(llvm::ArrayRef<NamedChange> changes,
                        double probability) {
  for (const NamedChange &named : changes) {
    if (random.uniform() > probability)
      continue;
    Change change{named.kind, slotWith(named.rank, named.mine), -1, 0};
    if (change.slot < 0)
      continue;
    if (named.kind != Kind::GiveUp &&
        (change.other = slotWith(named.partner, named.theirs)) < 0)
      continue;
    if (isLegal(change))
      apply(change);
  }
}

namespace {
/// The best repair so far.
struct BestRepair {
  std::vector<int32_t> slots;
  std::vector<NamedChange> changes;
  double time = 0, paid = 0;
  bool isDone = false;
};
} // namespace

/// Calls `take(expert, rank)` for copies that are on a rank where they were
/// not.
template <typename Take>
static void forEachMove(const PlacementProblem &problem,
                        llvm::ArrayRef<int32_t> before,
                        llvm::ArrayRef<int32_t> after, Take take) {
  for (int64_t slot = 0; slot < problem.numSlots(); ++slot) {
    int64_t rank = slot / problem.slots;
    if (after[slot] >= 0 &&
        !llvm::is_contained(before.slice(rank * problem.slots, problem.slots),
                            after[slot]))
      take(after[slot], rank);
  }
}

namespace {
/// Repairs from one start, again and again.
class RepairSearch {
public:
  RepairSearch(const PlacementProblem &problem, EvenPlacement &placement,
               double goal, int64_t moves, const MovePrices &prices)
      : problem(problem), now(placement), goal(goal), moves(moves),
        prices(prices), start(placement.slots()),
        best{start, {}, now.maximum(), 0, now.maximum() <= goal} {}
  void run();

private:
  bool attempt(double limit, uint64_t seed, double kept);
  void lowerBusiest();
  int64_t numMoves() const;
  double paid() const;

  const PlacementProblem &problem;
  EvenPlacement &now;
  double goal;
  int64_t moves;
  const MovePrices &prices;
  std::vector<int32_t> start;
  BestRepair best;
};
} // namespace

int64_t RepairSearch::numMoves() const {
  int64_t number = 0;
  forEachMove(problem, start, now.slots(), [&](int32_t, int64_t) { ++number; });
  return number;
}

double RepairSearch::paid() const {
  double sum = 0;
  forEachMove(problem, start, now.slots(), [&](int32_t expert, int64_t rank) {
    sum += prices.of(expert, rank);
  });
  return sum;
}

/// Repairs again, after a part of the best repair. Whether no rank is above
/// `limit`.
bool RepairSearch::attempt(double limit, uint64_t seed, double kept) {
  now.load(start);
  EvenRepair repair(problem, now, limit, prices, seed);
  if (kept > 0)
    repair.replay(best.changes, kept);
  repair.run(moves - numMoves());
  double time = now.maximum(), cost = paid();
  bool isDone = time <= goal * (1 + 1e-9);
  // Who reaches the goal at the least cost; if none does, the least time.
  if (isDone > best.isDone || (isDone && cost <= best.paid) ||
      (!isDone && !best.isDone && time < best.time))
    best = {now.slots(), std::move(repair.made), time, cost, isDone};
  return time <= limit * (1 + 1e-9);
}

/// Where no change lowers all that is above, one of the busiest rank may.
void RepairSearch::lowerBusiest() {
  constexpr int64_t effort = int64_t(1) << 20;
  EvenSearch(problem, now, goal).descend(effort);
  if (numMoves() > moves || now.maximum() > best.time)
    now.load(best.slots);
}

void RepairSearch::run() {
  constexpr uint64_t attempts = 12, refinements = 100;
  constexpr int steps = 6;
  for (uint64_t seed = 0; seed < attempts && (!best.isDone || best.paid > 0);
       ++seed)
    attempt(goal, seed, 0);
  // What is above a goal that is out of reach says little about the busiest
  // rank: find one that is not.
  double low = goal;
  for (int step = 0; step < steps && !best.isDone; ++step) {
    double limit = (low + best.time) / 2;
    if (!attempt(limit, 0, 0))
      low = limit;
  }
  // Some changes turn out to be needless in the end.
  for (uint64_t i = 0; i < refinements && best.isDone && best.paid > 0; ++i)
    attempt(goal, attempts + i, 0.5 + 0.1 * double(i % 5));
  now.load(best.slots);
  if (!best.isDone)
    lowerBusiest();
}

void mlir::moe::repairEvenly(const PlacementProblem &problem,
                             EvenPlacement &placement, double goal,
                             int64_t moves, const MovePrices &prices) {
  RepairSearch(problem, placement, goal, moves, prices).run();
}
