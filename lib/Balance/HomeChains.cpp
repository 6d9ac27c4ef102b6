//===- HomeChains.cpp - Load shipped to chains of other nodes -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HomeChains.h"
#include "NodeDivision.h"
#include "Random.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace mlir::moe;

namespace {
class ChainShipper {
public:
  ChainShipper(const PlacementProblem &problem,
               const std::vector<int32_t> &homes, int64_t nodes);
  /// How the nodes that take are divided into chains: how many, how far from
  /// the most even division, and so many of their lightest experts served
  /// elsewhere, which makes room for as many further parts.
  struct Variant {
    int64_t chains = 1, exchanges = 0, evicted = 0;
    /// Each node its own number up to these, at random.
    bool isOwn = false;
  };
  bool attempt(const Variant &variant);
  /// What has to be shipped in any case.
  int64_t leastShipped() const;
  HomeChains plan;

private:
  /// What a chain lacks; `item` is the part of an expert that it gets.
  struct Demand {
    size_t chain;
    int64_t tokens;
    size_t item = 0;
  };
  bool isReceiver(int64_t node) const { return loads[node] < mean * perNode; }
  int64_t room(const NodeChain &chain) const {
    return chain.room(problem.slots);
  }
  bool evict(int64_t node, const Variant &variant);
  static bool holds(const NodeChain &chain, int32_t expert) {
    return llvm::any_of(chain.items, [&](const LoadItem &item) {
      return item.expert == expert;
    });
  }
  bool divide(int64_t node, int64_t count, const Variant &variant);
  bool assignParts(const Variant &variant);
  bool assign(const Demand &demand);
  bool improveParts();
  bool give(Demand &demand, int32_t expert);
  bool exchange(Demand &one, Demand &other);
  LoadItem &partOf(const Demand &demand) {
    return plan.chains[demand.chain].items[demand.item];
  }
  bool settle();
  int64_t roomOfGiver(int64_t node) const;
  bool passOn(int64_t from, int64_t to);
  bool replacePart(int64_t from, int64_t to);
  bool keepHome();
  int32_t expertWith(int64_t node, int64_t tokens) const;
  int32_t heaviest(int64_t node) const;
  void ship(NodeChain &chain, int32_t expert, int64_t tokens);

  const PlacementProblem &problem;
  const std::vector<int32_t> &homes;
  int64_t nodes, perNode; // ranks
  int64_t mean;           // of a rank, as all tokens here scaled
  std::vector<std::vector<int32_t>> experts; // by node, heaviest first
  std::vector<int64_t> loads;                // of nodes
  /// Of the attempt: what experts still have at home, what nodes have too much,
  /// and their chain if they give.
  std::vector<int64_t> left, surplus;
  std::vector<size_t> chainOf;
  std::vector<Demand> demands, assigned;
  /// How likely a node is to give.
  std::vector<double> weight;
  Random random{1};
};
} // namespace

ChainShipper::ChainShipper(const PlacementProblem &problem,
                           const std::vector<int32_t> &homes, int64_t nodes)
    : problem(problem), homes(homes), nodes(nodes),
      perNode(problem.ranks / nodes), mean(problem.total()), experts(nodes),
      loads(nodes) {
  for (int64_t expert = 0; expert < problem.numExperts(); ++expert) {
    experts[homes[expert]].push_back(int32_t(expert));
    loads[homes[expert]] += problem.loads[expert] * problem.ranks;
  }
  for (std::vector<int32_t> &list : experts)
    llvm::stable_sort(list, [&](int32_t a, int32_t b) {
      return problem.loads[a] > problem.loads[b];
    });
}

/// The lightest experts of a node go to the one that has most too much, whole.
bool ChainShipper::evict(int64_t node, const Variant &variant) {
  auto count = size_t(variant.evicted);
  if (count >= experts[node].size())
    return false;
  for (int32_t expert : llvm::ArrayRef(experts[node]).take_back(count)) {
    int64_t giver =
        std::max_element(surplus.begin(), surplus.end()) - surplus.begin();
    surplus[giver] += left[expert];
    ship(plan.chains[chainOf[giver]], expert, left[expert]);
  }
  return true;
}

/// Fewer chains where one would have too much.
bool ChainShipper::divide(int64_t node, int64_t count, const Variant &variant) {
  std::vector<LoadItem> items;
  int64_t stay = int64_t(experts[node].size()) - variant.evicted;
  for (int32_t expert : llvm::ArrayRef(experts[node]).take_front(stay))
    items.push_back({left[expert], expert});
  NodeDivision division(problem.slots, mean, random);
  while (!division.divide(items, perNode, count, variant.exchanges))
    if (--count == 0)
      return false;
  int64_t rank = node * perNode;
  for (auto [chain, lacking] : llvm::zip(division.chains, division.lacking)) {
    if (lacking > 0)
      demands.push_back({plan.chains.size(), lacking});
    chain.node = node, chain.firstRank = rank;
    rank += chain.ranks;
    plan.chains.push_back(std::move(chain));
  }
  return true;
}

/// The lightest expert at home that still has so much, or -1.
int32_t ChainShipper::expertWith(int64_t node, int64_t tokens) const {
  int32_t best = -1;
  for (int32_t expert : experts[node])
    if (left[expert] >= tokens && (best < 0 || left[expert] < left[best]))
      best = expert;
  return best;
}

int32_t ChainShipper::heaviest(int64_t node) const {
  return *std::max_element(
      experts[node].begin(), experts[node].end(),
      [&](int32_t a, int32_t b) { return left[a] < left[b]; });
}

void ChainShipper::ship(NodeChain &chain, int32_t expert, int64_t tokens) {
  chain.items.push_back({tokens, expert});
  left[expert] -= tokens;
  plan.shipped += tokens;
}

/// An expert of the node that has most too much, of those with one that has so
/// many tokens; where there is none and the chain has room for more parts, all
/// of the heaviest.
bool ChainShipper::assign(const Demand &demand) {
  NodeChain &chain = plan.chains[demand.chain];
  int32_t best = -1;
  double most = 0;
  int64_t richest = 0;
  for (int64_t node = 0; node < nodes; ++node) {
    if (surplus[node] > surplus[richest])
      richest = node;
    int32_t expert = isReceiver(node) ? -1 : expertWith(node, demand.tokens);
    double value = double(surplus[node] - demand.tokens) * weight[node];
    if (expert >= 0 && (best < 0 || value > most))
      best = expert, most = value;
  }
  if (best < 0 && room(chain) > 1)
    best = heaviest(richest);
  if (best < 0 || left[best] == 0)
    return false;
  int64_t tokens = std::min(left[best], demand.tokens);
  surplus[homes[best]] -= tokens;
  assigned.push_back({demand.chain, tokens, chain.items.size()});
  ship(chain, best, tokens);
  return tokens == demand.tokens ||
         assign({demand.chain, demand.tokens - tokens});
}

/// The largest demands first; then changes, so that what the nodes that give
/// have left over or miss is little.
bool ChainShipper::assignParts(const Variant &variant) {
  weight.assign(nodes, 1);
  if (variant.isOwn)
    for (double &value : weight)
      value = 0.25 + random.uniform();
  llvm::stable_sort(demands, [](const Demand &a, const Demand &b) {
    return a.tokens > b.tokens;
  });
  assigned.clear();
  for (const Demand &demand : demands)
    if (!assign(demand))
      return false;
  constexpr int maxRounds = 50;
  for (int round = 0; round < maxRounds && improveParts(); ++round)
    ;
  return true;
}

/// Whether it helps that the second gives so much more, and the first less.
static bool helps(int64_t one, int64_t other, int64_t tokens) {
  return std::abs(one + tokens) + std::abs(other - tokens) <
         std::abs(one) + std::abs(other);
}

/// Another expert for a demand.
bool ChainShipper::give(Demand &demand, int32_t expert) {
  LoadItem &part = partOf(demand);
  int64_t &mine = surplus[homes[part.expert]], &theirs = surplus[homes[expert]];
  if (holds(plan.chains[demand.chain], expert) ||
      !helps(mine, theirs, part.tokens))
    return false;
  mine += part.tokens, theirs -= part.tokens;
  left[part.expert] += part.tokens, left[expert] -= part.tokens;
  part.expert = expert;
  return true;
}

/// Exchanges the experts of two demands, if each has enough for the other.
bool ChainShipper::exchange(Demand &one, Demand &other) {
  LoadItem &mine = partOf(one), &theirs = partOf(other);
  int64_t moved = mine.tokens - theirs.tokens;
  int64_t &from = surplus[homes[mine.expert]],
          &to = surplus[homes[theirs.expert]];
  if (left[mine.expert] < -moved || left[theirs.expert] < moved ||
      !helps(from, to, moved) || holds(plan.chains[one.chain], theirs.expert) ||
      holds(plan.chains[other.chain], mine.expert))
    return false;
  from += moved, to -= moved;
  left[mine.expert] += moved, left[theirs.expert] -= moved;
  std::swap(mine.expert, theirs.expert);
  return true;
}

bool ChainShipper::improveParts() {
  bool improved = false;
  for (Demand &demand : assigned) {
    for (int64_t node = 0; node < nodes; ++node) {
      int32_t expert = isReceiver(node) ? -1 : expertWith(node, demand.tokens);
      if (expert >= 0 && node != homes[partOf(demand).expert])
        improved |= give(demand, expert);
    }
    for (Demand &other : assigned)
      if (homes[partOf(other).expert] != homes[partOf(demand).expert])
        improved |= exchange(demand, other);
  }
  return improved;
}

/// Serves a part that `to` gives to a chain from `from` instead, where the
/// chain has room for both.
bool ChainShipper::replacePart(int64_t from, int64_t to) {
  int64_t tokens = std::min(surplus[from], -surplus[to]);
  int32_t expert = expertWith(from, tokens);
  if (expert < 0)
    return false;
  for (Demand &demand : assigned) {
    NodeChain &chain = plan.chains[demand.chain];
    LoadItem &part = partOf(demand);
    if (homes[part.expert] != to || part.tokens <= tokens || room(chain) < 1 ||
        holds(chain, expert))
      continue;
    part.tokens -= tokens;
    left[part.expert] += tokens;
    plan.shipped -= tokens;
    ship(chain, expert, tokens);
    surplus[from] -= tokens, surplus[to] += tokens;
    return true;
  }
  return false;
}

/// Parts that a node which gives can take itself.
int64_t ChainShipper::roomOfGiver(int64_t node) const {
  return room(plan.chains[chainOf[node]]) -
         llvm::count_if(experts[node], [&](int32_t expert) {
           return left[expert] > 0 || problem.loads[expert] == 0;
         });
}

/// All that `to` has too little, from a node that gives, even if that one has
/// too little then.
bool ChainShipper::passOn(int64_t from, int64_t to) {
  while (surplus[to] < 0) {
    int32_t expert = expertWith(from, -surplus[to]);
    if (expert < 0)
      expert = heaviest(from);
    int64_t tokens = std::min(left[expert], -surplus[to]);
    if (tokens == 0 || roomOfGiver(to) < 1)
      return false;
    ship(plan.chains[chainOf[to]], expert, tokens);
    surplus[from] -= tokens, surplus[to] += tokens;
  }
  return true;
}

/// Evens out the nodes that give, least differences first.
bool ChainShipper::settle() {
  for (int64_t steps = 4 * nodes + int64_t(demands.size()); steps > 0;
       --steps) {
    int64_t from = 0, to = -1;
    for (int64_t node = 0; node < nodes; ++node) {
      if (surplus[node] > surplus[from])
        from = node;
      if (surplus[node] < 0 && (to < 0 || surplus[node] > surplus[to]))
        to = node;
    }
    if (to < 0)
      return true;
    if (!replacePart(from, to) && !passOn(from, to))
      return false;
  }
  return false;
}

/// What is left of the experts of the nodes that give.
bool ChainShipper::keepHome() {
  for (int64_t node = 0; node < nodes; ++node) {
    if (isReceiver(node))
      continue;
    NodeChain &chain = plan.chains[chainOf[node]];
    for (int32_t expert : experts[node])
      if (left[expert] > 0 || problem.loads[expert] == 0)
        chain.items.push_back({left[expert], expert});
    if (room(chain) < 0)
      return false;
  }
  return true;
}

int64_t ChainShipper::leastShipped() const {
  int64_t least = 0;
  for (int64_t load : loads)
    least += std::max<int64_t>(0, load - mean * perNode);
  return least;
}

bool ChainShipper::attempt(const Variant &variant) {
  plan = {};
  demands.clear();
  left.clear();
  for (int64_t load : problem.loads)
    left.push_back(load * problem.ranks);
  // A node that takes has nothing too much: it is never the largest.
  surplus.assign(nodes, INT64_MIN / 4);
  chainOf.assign(nodes, 0);
  for (int64_t node = 0; node < nodes; ++node)
    if (!isReceiver(node)) {
      chainOf[node] = plan.chains.size();
      surplus[node] = loads[node] - mean * perNode;
      plan.chains.push_back({node, node * perNode, perNode, {}});
    }
  for (int64_t node = 0; node < nodes; ++node) {
    if (!isReceiver(node))
      continue;
    Variant own = variant;
    if (variant.isOwn) {
      own.chains = 1 + int64_t(random.below(perNode));
      own.evicted = int64_t(random.below(variant.evicted + 1));
    }
    if (!evict(node, own) || !divide(node, own.chains, own))
      return false;
  }
  if (!assignParts(variant))
    return false;
  for (int64_t node = 0; node < nodes; ++node)
    if (isReceiver(node))
      surplus[node] = 0;
  return settle() && keepHome();
}

std::optional<HomeChains>
mlir::moe::shipByChains(const PlacementProblem &problem,
                        const std::vector<int32_t> &homes, int64_t nodes) {
  // Ends as near as this to the minimum, or after so many divisions of each
  // number of chains.
  constexpr double enough = 1.01;
  constexpr int64_t variants = 200;
  ChainShipper shipper(problem, homes, nodes);
  auto least = double(shipper.leastShipped());
  std::optional<HomeChains> best;
  for (int64_t variant = 0; variant < variants; ++variant)
    for (int64_t count = 1; count <= problem.ranks / nodes; ++count) {
      if (best && double(best->shipped) <= least * enough)
        return best;
      int64_t evicted = variant < 4 ? 0 : int64_t(1) << variant / 2 % 4;
      if (shipper.attempt({count, 4 * variant, evicted, variant % 2 == 1}) &&
          (!best || shipper.plan.shipped < best->shipped))
        best = std::move(shipper.plan);
    }
  return best;
}
