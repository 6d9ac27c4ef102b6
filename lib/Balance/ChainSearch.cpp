//===- ChainSearch.cpp - Experts divided over chains of ranks -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// First the lengths of the chains: an expert that is too much for one rank
// starts a chain that is just long enough at the lower bound, and what is left
// of the redundancy joins the others into one long chain, which evens out
// anything. Then the experts, heaviest first, to the chain with the least load
// per rank. Then exchanges of one or two experts between the heaviest chain and
// another, and from where none helps, restarts from a few random exchanges.
//
//===----------------------------------------------------------------------===//

#include "ChainSearch.h"
#include "Random.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <queue>

using namespace mlir::moe;

namespace {
class ChainSearch {
public:
  ChainSearch(const PlacementProblem &problem, double bound)
      : problem(problem), bound(bound) {}
  std::vector<Chain> run();

private:
  void start();
  std::vector<int64_t> lengthsWithin(double limit) const;
  std::vector<int64_t> chooseLengths() const;
  void joinToFit();
  void fill();
  bool lengthen(size_t heaviest);
  void descend();
  void kick();
  bool exchangeOne(size_t heaviest);
  bool exchangeTwo(size_t heaviest);
  size_t heaviestChain() const;
  double maximum() const { return chains[heaviestChain()].perRank(); }
  bool isGoodEnough() const { return maximum() <= bound * (1 + tolerance); }
  int64_t room(const Chain &chain) const {
    return chain.ranks * (problem.slots - 1) + 1 -
           int64_t(chain.experts.size());
  }
  double tokensOf(int32_t expert) const {
    return double(problem.loads[expert]);
  }
  void add(Chain &chain, int32_t expert) const {
    chain.experts.push_back(expert);
    chain.tokens += tokensOf(expert);
  }
  void exchange(Chain &one, int32_t &mine, Chain &other, int32_t &theirs) const;

  /// A hundredth of a percent is less than any recording is worth.
  static constexpr double tolerance = 1e-4;
  /// Restarts without success before it ends, by chain.
  static constexpr size_t maxIdle = 50;

  const PlacementProblem &problem;
  double bound;
  std::vector<Chain> chains;
  std::vector<int32_t> byLoad; // heaviest first
  std::vector<bool> placed;
  std::vector<double> lightest; // sums of the n lightest loads
  Random random{1};
  /// Pairs that may still be compared: bounds the time, not the machine.
  int64_t budget = int64_t(1) << 23;
};
} // namespace

/// The lengths of chains, heaviest expert first, on which every rank stays
/// within `limit` if all chains get equally light company; those of one rank
/// are left out.
std::vector<int64_t> ChainSearch::lengthsWithin(double limit) const {
  double company = lightest[problem.slots - 1];
  for (int64_t members = 0;;) {
    std::vector<int64_t> lengths;
    int64_t needed = 0;
    for (int32_t expert : byLoad) {
      double left = limit - company;
      double ranks = std::ceil(tokensOf(expert) / left * (1 - 1e-12));
      if (left <= 0 || ranks < 2)
        break;
      lengths.push_back(int64_t(std::min(ranks, double(problem.ranks))));
      needed += lengths.back() * (problem.slots - 1);
    }
    needed = std::min(needed, problem.numSlots());
    // Longer chains need heavier company, and so on until it is enough.
    if (needed <= members)
      return lengths;
    members = needed;
    company = lightest[members] / double(members) * double(problem.slots - 1);
  }
}

/// The lengths at the least limit that the redundant slots allow.
std::vector<int64_t> ChainSearch::chooseLengths() const {
  int64_t extra = problem.numSlots() - problem.numExperts();
  auto fits = [&](double limit) {
    int64_t needed = 0;
    for (int64_t length : lengthsWithin(limit))
      needed += length - 1;
    return needed <= extra;
  };
  double limit = bound * (1 + tolerance), step = bound * tolerance;
  if (!fits(limit)) {
    while (!fits(limit + step))
      step *= 2;
    double low = limit;
    for (limit = limit + step; limit - low > bound * tolerance;) {
      double middle = (low + limit) / 2;
      (fits(middle) ? limit : low) = middle;
    }
  }
  return lengthsWithin(limit);
}

/// A chain for each expert that needs several ranks, heaviest first.
void ChainSearch::start() {
  byLoad.resize(problem.numExperts());
  std::iota(byLoad.begin(), byLoad.end(), 0);
  llvm::stable_sort(byLoad, [&](int32_t a, int32_t b) {
    return problem.loads[a] > problem.loads[b];
  });
  placed.assign(byLoad.size(), false);
  lightest.assign(problem.numSlots() + 1, 0);
  for (int64_t n = 1; n <= problem.numSlots(); ++n)
    lightest[n] =
        lightest[n - 1] + (n <= problem.numExperts()
                               ? tokensOf(byLoad[problem.numExperts() - n])
                               : 0);
  for (auto [expert, length] : llvm::zip(byLoad, chooseLengths())) {
    chains.emplace_back().ranks = length;
    add(chains.back(), expert);
    placed[expert] = true;
  }
  joinToFit();
}

/// Joined chains of a and b ranks have a+b, and one redundant slot less is
/// left.
void ChainSearch::joinToFit() {
  int64_t used = 0, extra = problem.numSlots() - problem.numExperts();
  for (const Chain &chain : chains)
    used += chain.ranks, extra -= chain.ranks - 1;
  while (used > problem.ranks) {
    Chain last = std::move(chains.back());
    chains.pop_back();
    for (int32_t expert : last.experts)
      add(chains.back(), expert);
    chains.back().ranks += last.ranks - 1;
    --used;
  }
  int64_t single = problem.ranks - used;
  if (single > 0 && extra > 0) {
    int64_t length = std::min(single, extra + 1);
    chains.emplace_back().ranks = length;
    single -= length;
    extra -= length - 1;
  }
  for (int64_t i = 0; i < single; ++i)
    chains.emplace_back();
  // No rank is left alone: join whole chains.
  while (extra > 0 && chains.size() > 1) {
    Chain last = std::move(chains.back());
    chains.pop_back();
    for (int32_t expert : last.experts)
      add(chains.back(), expert);
    chains.back().ranks += last.ranks;
    --extra;
  }
}

/// The other experts, heaviest first, where the load per rank is least.
void ChainSearch::fill() {
  using Entry = std::pair<double, size_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> least;
  for (size_t i = 0; i < chains.size(); ++i)
    if (room(chains[i]) > 0)
      least.push({chains[i].perRank(), i});
  for (int32_t expert : byLoad) {
    if (placed[expert])
      continue;
    size_t index = least.top().second;
    least.pop();
    add(chains[index], expert);
    if (room(chains[index]) > 0)
      least.push({chains[index].perRank(), index});
  }
}

size_t ChainSearch::heaviestChain() const {
  size_t heaviest = 0;
  for (size_t i = 1; i < chains.size(); ++i)
    if (chains[i].perRank() > chains[heaviest].perRank())
      heaviest = i;
  return heaviest;
}

void ChainSearch::exchange(Chain &one, int32_t &mine, Chain &other,
                           int32_t &theirs) const {
  double moved = tokensOf(mine) - tokensOf(theirs);
  one.tokens -= moved;
  other.tokens += moved;
  std::swap(mine, theirs);
}

/// Exchanges the pair of experts that lowers the heaviest chain most, if any.
bool ChainSearch::exchangeOne(size_t heaviest) {
  Chain &heavy = chains[heaviest];
  double best = heavy.perRank() * (1 - 1e-12);
  int32_t *give = nullptr, *take = nullptr;
  Chain *partner = nullptr;
  for (Chain &other : chains) {
    // The two together cannot be below their mean.
    if ((heavy.tokens + other.tokens) / double(heavy.ranks + other.ranks) >=
        best)
      continue;
    budget -= int64_t(heavy.experts.size() * other.experts.size());
    for (int32_t &mine : heavy.experts)
      for (int32_t &theirs : other.experts) {
        double moved = tokensOf(mine) - tokensOf(theirs);
        double load = std::max((heavy.tokens - moved) / double(heavy.ranks),
                               (other.tokens + moved) / double(other.ranks));
        if (load < best)
          best = load, give = &mine, take = &theirs, partner = &other;
      }
  }
  if (partner)
    exchange(heavy, *give, *partner, *take);
  return partner;
}

/// The same with two experts against two, where there are not too many.
bool ChainSearch::exchangeTwo(size_t heaviest) {
  constexpr size_t most = 20;
  Chain &heavy = chains[heaviest];
  if (heavy.experts.size() > most)
    return false;
  double best = heavy.perRank() * (1 - 1e-12);
  Chain *partner = nullptr;
  std::array<size_t, 4> found{};
  for (Chain &other : chains) {
    if (other.experts.size() > most ||
        (heavy.tokens + other.tokens) / double(heavy.ranks + other.ranks) >=
            best)
      continue;
    size_t mine = heavy.experts.size(), theirs = other.experts.size();
    budget -= int64_t(mine * mine * theirs * theirs / 4);
    for (size_t a = 0; a < mine; ++a)
      for (size_t b = 0; b < a; ++b)
        for (size_t c = 0; c < theirs; ++c)
          for (size_t d = 0; d < c; ++d) {
            double moved =
                tokensOf(heavy.experts[a]) + tokensOf(heavy.experts[b]) -
                tokensOf(other.experts[c]) - tokensOf(other.experts[d]);
            double load =
                std::max((heavy.tokens - moved) / double(heavy.ranks),
                         (other.tokens + moved) / double(other.ranks));
            if (load < best)
              best = load, partner = &other, found = {a, b, c, d};
          }
  }
  if (!partner)
    return false;
  exchange(heavy, heavy.experts[found[0]], *partner,
           partner->experts[found[2]]);
  exchange(heavy, heavy.experts[found[1]], *partner,
           partner->experts[found[3]]);
  return true;
}

/// Gives the heaviest chain a rank of another one, and S-1 experts with it that
/// are neighbours in the order of load.
bool ChainSearch::lengthen(size_t heaviest) {
  Chain &heavy = chains[heaviest];
  double best = heavy.perRank() * (1 - 1e-12);
  Chain *partner = nullptr;
  size_t window = problem.slots - 1, found = 0;
  for (Chain &other : chains) {
    if (&other == &heavy || other.ranks == 1)
      continue;
    budget -= 8 * int64_t(other.experts.size());
    llvm::sort(other.experts, [&](int32_t a, int32_t b) {
      return tokensOf(a) != tokensOf(b) ? tokensOf(a) < tokensOf(b) : a < b;
    });
    double moved = 0;
    for (size_t i = 0; i < other.experts.size(); ++i) {
      moved += tokensOf(other.experts[i]);
      if (i >= window)
        moved -= tokensOf(other.experts[i - window]);
      if (i + 1 < window)
        continue;
      double load = std::max((heavy.tokens + moved) / double(heavy.ranks + 1),
                             (other.tokens - moved) / double(other.ranks - 1));
      if (load < best)
        best = load, partner = &other, found = i + 1 - window;
    }
  }
  if (!partner)
    return false;
  auto first = partner->experts.begin() + found;
  for (auto it = first; it != first + window; ++it) {
    partner->tokens -= tokensOf(*it);
    add(heavy, *it);
  }
  partner->experts.erase(first, first + window);
  ++heavy.ranks, --partner->ranks;
  return true;
}

void ChainSearch::descend() {
  while (budget > 0 && !isGoodEnough()) {
    size_t heaviest = heaviestChain();
    budget -= int64_t(chains.size());
    if (!exchangeOne(heaviest) && !lengthen(heaviest) && !exchangeTwo(heaviest))
      return;
  }
}

/// A few random exchanges, the first with the heaviest chain.
void ChainSearch::kick() {
  size_t one = heaviestChain();
  for (int i = 0; i < 3; ++i) {
    size_t other = random.below(chains.size());
    if (other != one)
      exchange(
          chains[one],
          chains[one].experts[random.below(chains[one].experts.size())],
          chains[other],
          chains[other].experts[random.below(chains[other].experts.size())]);
    one = random.below(chains.size());
  }
}

std::vector<Chain> ChainSearch::run() {
  start();
  fill();
  descend();
  std::vector<Chain> best = chains;
  double least = maximum();
  for (size_t idle = 0; idle < maxIdle * chains.size() && budget > 0 &&
                        !isGoodEnough() && chains.size() > 1;
       ++idle) {
    // What copying the chains costs.
    budget -= 8 * (int64_t(chains.size()) + problem.numExperts());
    kick();
    descend();
    double now = maximum();
    if (now > least) {
      chains = best;
      continue;
    }
    if (now < least)
      idle = 0;
    best = chains, least = now;
  }
  return best;
}

std::vector<Chain> mlir::moe::searchChains(const PlacementProblem &problem) {
  return ChainSearch(problem, problem.lowerBound().tokens).run();
}
