//===- SolveWeighted.cpp - Shares chosen freely ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// R slots beyond one per expert allow R divided experts. With R >= G-1 all
// ranks form one chain, exact by the wrap-around rule. With fewer there are G-R
// chains: one of k ranks has k(S-1)+1 experts and uses k-1 of the R. An expert
// that needs c copies starts a chain of c ranks; the other experts go to the
// chain with the least load per rank, and a search exchanges experts between
// chains.
//
//===----------------------------------------------------------------------===//

#include "ReplicaCounts.h"
#include "WrapAround.h"
#include "moe/Balance/Solvers.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <numeric>

using namespace mlir::moe;

namespace {
/// Ranks that share the load of their experts evenly.
struct Chain {
  int64_t ranks = 1;
  std::vector<int32_t> experts;
  double tokens = 0;
  double perRank() const { return tokens / double(ranks); }
};

class ChainBuilder {
public:
  explicit ChainBuilder(const PlacementProblem &problem) : problem(problem) {}
  std::vector<Chain> build();

private:
  void start();
  void joinToFit();
  void fill();
  bool improveHeaviest();
  bool hasRoom(const Chain &chain) const {
    return int64_t(chain.experts.size()) <
           chain.ranks * (problem.slots - 1) + 1;
  }
  double tokensOf(int32_t expert) const {
    return double(problem.loads[expert]);
  }
  static void add(Chain &chain, int32_t expert, double tokens) {
    chain.experts.push_back(expert);
    chain.tokens += tokens;
  }

  const PlacementProblem &problem;
  std::vector<Chain> chains;
  std::vector<int32_t> byLoad; // heaviest first
  std::vector<int32_t> copies;
};
} // namespace

/// A chain for each expert with several copies, heaviest first.
void ChainBuilder::start() {
  byLoad.resize(problem.numExperts());
  std::iota(byLoad.begin(), byLoad.end(), 0);
  llvm::stable_sort(byLoad, [&](int32_t a, int32_t b) {
    return problem.loads[a] > problem.loads[b];
  });
  copies = countReplicas<double>(problem.loads, problem.numSlots());
  for (int32_t expert : byLoad)
    if (copies[expert] > 1) {
      chains.emplace_back().ranks = copies[expert];
      add(chains.back(), expert, tokensOf(expert));
    }
}

/// Two chains of a and b ranks joined have a+b-1: joins the lightest ones until
/// the ranks suffice, then adds chains of one rank.
void ChainBuilder::joinToFit() {
  int64_t used = 0;
  for (const Chain &chain : chains)
    used += chain.ranks;
  while (used > problem.ranks) {
    Chain last = std::move(chains.back());
    chains.pop_back();
    for (int32_t expert : last.experts)
      add(chains.back(), expert, tokensOf(expert));
    chains.back().ranks += last.ranks - 1;
    --used;
  }
  chains.resize(chains.size() + (problem.ranks - used));
}

/// The other experts, heaviest first, where the load per rank is least.
void ChainBuilder::fill() {
  using Entry = std::pair<double, size_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> lightest;
  for (size_t i = 0; i < chains.size(); ++i)
    if (hasRoom(chains[i]))
      lightest.push({chains[i].perRank(), i});
  for (int32_t expert : byLoad) {
    if (copies[expert] > 1)
      continue;
    size_t index = lightest.top().second;
    lightest.pop();
    add(chains[index], expert, tokensOf(expert));
    if (hasRoom(chains[index]))
      lightest.push({chains[index].perRank(), index});
  }
}

/// Exchanges the pair of experts that lowers the heaviest chain most, if any.
bool ChainBuilder::improveHeaviest() {
  Chain &heavy = *llvm::max_element(chains, [](const Chain &a, const Chain &b) {
    return a.perRank() < b.perRank();
  });
  double best = heavy.perRank() * (1 - 1e-9);
  int32_t *give = nullptr, *take = nullptr;
  Chain *partner = nullptr;
  for (Chain &other : chains) {
    if (&other == &heavy || other.perRank() >= best)
      continue;
    for (int32_t &mine : heavy.experts)
      for (int32_t &theirs : other.experts) {
        double moved = tokensOf(mine) - tokensOf(theirs);
        double load = std::max((heavy.tokens - moved) / double(heavy.ranks),
                               (other.tokens + moved) / double(other.ranks));
        if (moved > 0 && load < best)
          best = load, give = &mine, take = &theirs, partner = &other;
      }
  }
  if (!partner)
    return false;
  double moved = tokensOf(*give) - tokensOf(*take);
  heavy.tokens -= moved;
  partner->tokens += moved;
  std::swap(*give, *take);
  return true;
}

std::vector<Chain> ChainBuilder::build() {
  start();
  joinToFit();
  fill();
  // Pairs of experts that may be compared: bounds the time, not the machine.
  int64_t budget = int64_t(1) << 27, largest = 0;
  for (const Chain &chain : chains)
    largest = std::max<int64_t>(largest, chain.experts.size());
  int64_t pairs = largest * problem.numExperts();
  while (budget >= pairs && improveHeaviest())
    budget -= pairs;
  return std::move(chains);
}

static std::vector<Chain> singleChain(const PlacementProblem &problem) {
  Chain all;
  all.ranks = problem.ranks;
  all.experts.resize(problem.numExperts());
  std::iota(all.experts.begin(), all.experts.end(), 0);
  return {all};
}

PlacementResult mlir::moe::solveWeighted(const PlacementProblem &problem) {
  bool exact = problem.numSlots() >= problem.numExperts() + problem.ranks - 1;
  PlacementResult result;
  result.experts.assign(problem.numSlots(), PlacementResult::emptySlot);
  result.weights.assign(problem.numSlots(), 0);
  std::vector<int64_t> filled(problem.ranks);
  int64_t firstRank = 0;
  for (const Chain &chain :
       exact ? singleChain(problem) : ChainBuilder(problem).build()) {
    std::vector<LoadItem> items;
    for (int32_t expert : chain.experts)
      items.push_back({problem.loads[expert], expert});
    auto assign = [&](int64_t local, int32_t expert, int64_t part) {
      int64_t rank = firstRank + local;
      int64_t slot = rank * problem.slots + filled[rank]++;
      int64_t tokens = problem.loads[expert];
      result.experts[slot] = expert;
      // A single division, so that a whole expert has exactly 1.
      result.weights[slot] =
          tokens == 0 ? 1
                      : double(part) / (double(tokens) * double(chain.ranks));
    };
    wrapAround(std::move(items), chain.ranks, problem.slots, assign);
    firstRank += chain.ranks;
  }
  return result;
}
