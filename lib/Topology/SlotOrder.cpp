//===- SlotOrder.cpp - Which rank uses which GPU --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Topology/SlotOrder.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"
#include <tuple>

using namespace mlir::moe;

/// Ranks that all orders of a search may look at together.
static constexpr int64_t searchBudget = int64_t(1) << 28;

static int64_t addBytes(int64_t total, int64_t times, int64_t bytes) {
  int64_t product = 0;
  if (llvm::MulOverflow(times, bytes, product) ||
      llvm::AddOverflow(total, product, total))
    return INT64_MAX;
  return total;
}

namespace {
/// Counts the members of one group at a time by unit.
class UnitCounter {
public:
  UnitCounter(int64_t slots, int64_t unit)
      : unit(unit), members(llvm::divideCeil(slots, unit)) {}

  void add(int64_t slot) {
    if (members[slot / unit]++ == 0)
      touched.push_back(slot / unit);
  }
  int64_t numUnits() const { return static_cast<int64_t>(touched.size()); }
  /// Pairs of members in different units, each in both directions.
  int64_t numPairsApart(int64_t size) const {
    int64_t pairs = 0;
    for (int64_t index : touched)
      pairs += members[index] * (size - members[index]);
    return pairs;
  }
  void clear() {
    for (int64_t index : touched)
      members[index] = 0;
    touched.clear();
  }

private:
  int64_t unit;
  std::vector<int64_t> members;
  std::vector<int64_t> touched;
};
} // namespace

static int64_t
countSteps(llvm::ArrayRef<int64_t> slots,
           llvm::function_ref<bool(int64_t from, int64_t to)> counts) {
  int64_t steps = 0;
  for (size_t member = 1; member < slots.size(); ++member)
    steps += counts(slots[member - 1], slots[member]);
  return steps;
}

namespace {
/// What of a family's traffic is looked at.
struct CrossingFilter {
  /// Messages of a chain between two slots.
  llvm::function_ref<bool(int64_t from, int64_t to)> step;
  /// Groups of the other patterns, by the slots of their members.
  llvm::function_ref<bool(llvm::ArrayRef<int64_t> slots)> group;
};
} // namespace

/// Bytes of what passes the filter and leaves its unit.
static int64_t sumCrossing(const GroupTraffic &traffic,
                           llvm::ArrayRef<int64_t> slotOfRank, int64_t unit,
                           CrossingFilter filter) {
  const RankGroups &groups = traffic.groups;
  int64_t size = groups.size(), total = 0, pairs = 0;
  if (size < 2)
    return 0;
  UnitCounter counter(static_cast<int64_t>(slotOfRank.size()), unit);
  std::vector<int64_t> slots(size);
  for (int64_t group = 0, count = groups.count(); group < count; ++group) {
    for (int64_t member = 0; member < size; ++member)
      slots[member] = slotOfRank[groups.rankAt(group, member)];
    if (traffic.pattern == ExchangePattern::Chain) {
      total = addBytes(total, countSteps(slots, filter.step), traffic.bytes);
      continue;
    }
    if (!filter.group(slots))
      continue;
    for (int64_t slot : slots)
      counter.add(slot);
    if (traffic.pattern == ExchangePattern::AllToAll)
      pairs += counter.numPairsApart(size);
    else if (counter.numUnits() > 1)
      total = addBytes(total, counter.numUnits(), traffic.bytes);
    counter.clear();
  }
  // Each pair takes 1/(size - 1) of what its sender sends.
  int64_t whole = addBytes(0, pairs / (size - 1), traffic.bytes);
  int64_t rest = addBytes(0, pairs % (size - 1), traffic.bytes);
  return addBytes(addBytes(total, 1, whole), 1,
                  rest == INT64_MAX ? rest : rest / (size - 1));
}

int64_t mlir::moe::crossingBytes(const GroupTraffic &traffic,
                                 llvm::ArrayRef<int64_t> slotOfRank,
                                 int64_t unit) {
  return sumCrossing(
      traffic, slotOfRank, unit,
      {[&](int64_t from, int64_t to) { return from / unit != to / unit; },
       [](llvm::ArrayRef<int64_t>) { return true; }});
}

/// Whether the slots of a group in every unit are on the same rails.
static bool keepsRails(llvm::ArrayRef<int64_t> slots, const Rails &rails,
                       llvm::function_ref<int64_t(int64_t)> railOf) {
  std::vector<std::pair<int64_t, int64_t>> places; // unit, rail
  for (int64_t slot : slots)
    places.emplace_back(slot / rails.unit, railOf(slot));
  llvm::sort(places);
  places.erase(llvm::unique(places), places.end());
  size_t each = 1;
  while (each < places.size() && places[each].first == places[0].first)
    ++each;
  if (places.size() % each != 0)
    return false;
  for (size_t i = each; i < places.size(); ++i) {
    bool begins = i % each == 0;
    if ((places[i].first != places[i - 1].first) != begins ||
        places[i].second != places[i % each].second)
      return false;
  }
  return true;
}

int64_t mlir::moe::bytesBetweenRails(const GroupTraffic &traffic,
                                     llvm::ArrayRef<int64_t> slotOfRank,
                                     const Rails &rails) {
  if (rails.ofHostSlot.empty())
    return 0;
  auto railOf = [&](int64_t slot) {
    return rails.ofHostSlot[slot % rails.ofHostSlot.size()];
  };
  return sumCrossing(traffic, slotOfRank, rails.unit,
                     {[&](int64_t from, int64_t to) {
                        return from / rails.unit != to / rails.unit &&
                               railOf(from) != railOf(to);
                      },
                      [&](llvm::ArrayRef<int64_t> slots) {
                        return !keepsRails(slots, rails, railOf);
                      }});
}

bool SlotOrder::isGiven() const { return llvm::is_sorted(dims); }

/// The slot of every rank when the dimensions run in that order.
static std::vector<int64_t> slotsOf(const OrderProblem &problem,
                                    llvm::ArrayRef<unsigned> dims) {
  RankSpace space(problem.grid);
  // Distance in slots between neighbours along each dimension.
  llvm::SmallVector<int64_t> strides(dims.size());
  int64_t stride = 1;
  for (unsigned dim : llvm::reverse(dims)) {
    strides[dim] = stride;
    stride *= problem.grid[dim];
  }
  std::vector<int64_t> slots(space.numRanks());
  for (int64_t rank = 0, count = space.numRanks(); rank < count; ++rank)
    for (unsigned dim = 0; dim < space.numAxes(); ++dim)
      slots[rank] += space.coordinate(rank, dim) * strides[dim];
  return slots;
}

static bool isNodeMajor(const RankGroups &groups,
                        llvm::ArrayRef<int64_t> slotOfRank, int64_t unit) {
  for (int64_t group = 0, count = groups.count(); group < count; ++group) {
    auto hostOf = [&](int64_t member) {
      return slotOfRank[groups.rankAt(group, member)] / unit;
    };
    int64_t size = groups.size(), local = 1;
    while (local < size && hostOf(local) == hostOf(0))
      ++local;
    for (int64_t member = 1; member < size; ++member) {
      bool begins = member % local == 0;
      if (begins ? hostOf(member) <= hostOf(member - 1)
                 : hostOf(member) != hostOf(member - 1))
        return false;
    }
    if (size % local != 0)
      return false;
  }
  return true;
}

static SlotOrder evaluate(const OrderProblem &problem,
                          llvm::ArrayRef<unsigned> dims) {
  SlotOrder order{
      llvm::SmallVector<unsigned>(dims), slotsOf(problem, dims), {}, 0};
  for (int64_t unit : problem.units) {
    int64_t total = 0;
    for (const GroupTraffic &traffic : problem.traffic)
      total =
          addBytes(total, 1, crossingBytes(traffic, order.slotOfRank, unit));
    order.crossing.push_back(total);
  }
  for (const GroupTraffic &traffic : problem.traffic)
    order.betweenRails =
        addBytes(order.betweenRails, 1,
                 bytesBetweenRails(traffic, order.slotOfRank, problem.rails));
  return order;
}

SlotOrder mlir::moe::givenOrder(const OrderProblem &problem) {
  auto dims = llvm::to_vector(
      llvm::seq<unsigned>(static_cast<unsigned>(problem.grid.size())));
  return evaluate(problem, dims);
}

static bool isBetter(const SlotOrder &order, const SlotOrder &other) {
  return std::tie(order.crossing, order.betweenRails) <
         std::tie(other.crossing, other.betweenRails);
}

SlotOrder mlir::moe::findSlotOrder(const OrderProblem &problem) {
  SlotOrder best = givenOrder(problem);
  llvm::SmallVector<unsigned> dims = best.dims;
  int64_t perOrder = RankSpace(problem.grid).numRanks() *
                     static_cast<int64_t>(problem.traffic.size() + 1) *
                     static_cast<int64_t>(problem.units.size() + 2);
  int64_t left = searchBudget / perOrder;
  while (left-- > 0 && std::next_permutation(dims.begin(), dims.end())) {
    SlotOrder order = evaluate(problem, dims);
    bool isAllowed =
        llvm::all_of(problem.nodeMajor, [&](const RankGroups &groups) {
          return isNodeMajor(groups, order.slotOfRank, problem.hostSlots);
        });
    if (isAllowed && isBetter(order, best))
      best = std::move(order);
  }
  return best;
}
