//===- HomeShipping.cpp - Load shipped between nodes ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HomeShipping.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace mlir::moe;

HomeShipping::HomeShipping(const PlacementProblem &problem,
                           std::vector<int32_t> experts, int64_t nodes)
    : problem(problem), homes(std::move(experts)), nodes(nodes),
      limit(problem.ranks / nodes * (problem.slots - 1) + 1),
      mean(problem.total()), tokens(nodes), loads(nodes) {
  // A node can hold more experts than it can balance exactly.
  for (int64_t expert = 0; expert < problem.numExperts(); ++expert) {
    tokens[homes[expert]][int32_t(expert)] = problem.loads[expert] * nodes;
    loads[homes[expert]] += problem.loads[expert] * nodes;
  }
}

double HomeShipping::partOn(int64_t node, int32_t expert) const {
  auto found = tokens[node].find(expert);
  if (found == tokens[node].end())
    return 0;
  int64_t load = problem.loads[expert];
  return load == 0 ? 1 : double(found->second) / (double(load) * double(nodes));
}

double HomeShipping::partShipped() const {
  double shipped = 0;
  for (int64_t node = 0; node < nodes; ++node)
    for (auto [expert, amount] : tokens[node])
      if (homes[expert] != node)
        shipped += double(amount);
  return mean > 0 ? shipped / (double(mean) * double(nodes)) : 0;
}

void HomeShipping::move(int64_t from, int64_t to, int32_t expert,
                        int64_t amount) {
  int64_t &left = tokens[from][expert];
  left -= amount;
  if (left == 0)
    tokens[from].erase(expert);
  tokens[to][expert] += amount;
  loads[from] -= amount;
  loads[to] += amount;
}

/// Tokens and experts of a node, most tokens first, lower experts first.
std::vector<std::pair<int64_t, int32_t>>
HomeShipping::heaviest(int64_t node) const {
  std::vector<std::pair<int64_t, int32_t>> list;
  for (auto [expert, amount] : tokens[node])
    list.push_back({amount, expert});
  llvm::stable_sort(
      list, [](const auto &a, const auto &b) { return a.first > b.first; });
  return list;
}

/// Fills the deficit of `to`, but with several parts to take not more than
/// `from` has above the mean. With room for one part only it must be filled at
/// once, even if `from` is then below the mean and has to be filled in turn.
bool HomeShipping::shipFrom(int64_t from, int64_t to) {
  int64_t slots = room(to), deficit = mean - loads[to];
  int64_t surplus = loads[from] - mean;
  if (slots <= 0)
    return false;
  int64_t amount = std::min(deficit, surplus);
  std::vector<std::pair<int64_t, int32_t>> list = heaviest(from);
  auto available = [&](int64_t count) {
    int64_t sum = 0;
    for (auto [own, expert] :
         llvm::ArrayRef(list).take_front(std::min<size_t>(count, list.size())))
      sum += own;
    return sum;
  };
  if (amount < deficit && (slots == 1 || available(slots - 1) < amount))
    amount = room(from) > 0 ? deficit : 0;
  if (amount <= 0 || available(slots) < amount)
    return false;
  for (auto [own, expert] : list) {
    int64_t part = std::min(own, amount);
    move(from, to, expert, part);
    amount -= part;
    if (amount == 0)
      break;
  }
  return true;
}

/// A whole expert for a lighter whole one, which moves the difference, at most
/// `most`, and costs both. The lighter one is what is wasted, twice.
bool HomeShipping::exchange(int64_t from, int64_t to, int64_t most,
                            bool onlyIfCheap) {
  int64_t best = onlyIfCheap ? 0 : INT64_MIN;
  int32_t give = -1, take = -1;
  for (auto [mine, own] : tokens[from])
    for (auto [theirs, other] : tokens[to]) {
      int64_t gain = own - other;
      if (gain <= 0 || gain > most || tokens[to].count(mine) ||
          tokens[from].count(theirs))
        continue;
      if (gain - 2 * other > best)
        best = gain - 2 * other, give = mine, take = theirs;
    }
  if (give < 0)
    return false;
  int64_t there = tokens[to][take];
  move(from, to, give, tokens[from][give]);
  move(to, from, take, there);
  return true;
}

/// Where `from` alone cannot fill the deficit of `to`, light experts of others
/// with too much come first: what `from` gives beyond its surplus is shipped
/// twice in the end.
void HomeShipping::helpFill(int64_t from, int64_t to) {
  for (int64_t node = 0; node < nodes; ++node)
    while (node != from && node != to) {
      int64_t beyond = loads[from] - loads[to] > 0
                           ? (mean - loads[to]) - (loads[from] - mean)
                           : 0;
      int64_t most = std::min(beyond, loads[node] - mean);
      if (most <= 0 || !exchange(node, to, most, /*onlyIfCheap=*/true))
        break;
    }
}

void HomeShipping::ship() {
  // Each step ends a deficit or moves a whole expert.
  int64_t steps = 4 * (nodes + problem.numExperts());
  std::vector<bool> stuck(nodes);
  while (steps-- > 0) {
    int64_t to = -1, from = 0;
    for (int64_t node = 0; node < nodes; ++node) {
      if (loads[node] < mean && !stuck[node] &&
          (to < 0 || loads[node] > loads[to]))
        to = node;
      if (loads[node] > loads[from])
        from = node;
    }
    if (to < 0 || loads[from] <= mean)
      return;
    if (room(to) == 1)
      helpFill(from, to);
    int64_t most = std::min(mean - loads[to], loads[from] - mean);
    if (!shipFrom(from, to) && !exchange(from, to, most, /*onlyIfCheap=*/false))
      stuck[to] = true;
  }
}
