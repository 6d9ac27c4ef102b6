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

#include "ChainSearch.h"
#include "WrapAround.h"
#include "moe/Balance/Solvers.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <numeric>

using namespace mlir::moe;

static std::vector<Chain> singleChain(const PlacementProblem &problem) {
  Chain all;
  all.ranks = problem.ranks;
  all.experts.resize(problem.numExperts());
  std::iota(all.experts.begin(), all.experts.end(), 0);
  return {all};
}

/// An even search, with the best shares for its slots.
static PlacementResult solveByEven(const PlacementProblem &problem) {
  PlacementResult result = solveEven(problem);
  solveShares(problem, result);
  return result;
}

static double maxLoad(const PlacementProblem &problem,
                      const PlacementResult &result) {
  std::vector<double> loads(problem.ranks);
  for (int64_t slot = 0; slot < problem.numSlots(); ++slot)
    if (int32_t expert = result.experts[slot]; expert >= 0)
      loads[slot / problem.slots] +=
          result.weights[slot] * double(problem.loads[expert]);
  return *std::max_element(loads.begin(), loads.end());
}

/// Every chain of ranks exact in itself, one behind the other.
static PlacementResult placeChains(const PlacementProblem &problem,
                                   llvm::ArrayRef<Chain> chains) {
  PlacementResult result;
  result.experts.assign(problem.numSlots(), PlacementResult::emptySlot);
  result.weights.assign(problem.numSlots(), 0);
  std::vector<int64_t> filled(problem.ranks);
  int64_t firstRank = 0;
  for (const Chain &chain : chains) {
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

PlacementResult mlir::moe::solveWeighted(const PlacementProblem &problem) {
  if (!problem.isUniform())
    return solveByEven(problem);
  if (problem.numSlots() >= problem.numExperts() + problem.ranks - 1)
    return placeChains(problem, singleChain(problem));
  PlacementResult chains = placeChains(problem, searchChains(problem));
  // Where chains are hard to even out, copies sometimes do better.
  constexpr double closeEnough = 1e-3;
  if (maxLoad(problem, chains) <=
      problem.lowerBound().tokens * (1 + closeEnough))
    return chains;
  PlacementResult copies = solveByEven(problem);
  return maxLoad(problem, copies) < maxLoad(problem, chains) ? copies : chains;
}
