//===- SolveEplb.cpp - DeepSeek's placement -------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Follows deepseek-ai/EPLB, eplb.py, function by function, and computes in
// single precision as it does.
//
//===----------------------------------------------------------------------===//

#include "ReplicaCounts.h"
#include "moe/Balance/Solvers.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>
#include <queue>

using namespace mlir::moe;

namespace {
/// A copy of an expert, with the tokens it serves.
struct Copy {
  float tokens;
  int32_t expert;
};
} // namespace

/// `balanced_packing`: heaviest first into the lightest pack that has room.
/// Returns the items of each pack, one pack behind the other.
static std::vector<int64_t> packEvenly(const std::vector<float> &tokens,
                                       int64_t packs) {
  int64_t size = tokens.size() / packs;
  std::vector<int64_t> order(tokens.size());
  std::iota(order.begin(), order.end(), 0);
  if (size == 1)
    return order;
  llvm::stable_sort(
      order, [&](int64_t a, int64_t b) { return tokens[a] > tokens[b]; });
  using Pack = std::pair<float, int64_t>;
  std::priority_queue<Pack, std::vector<Pack>, std::greater<>> lightest;
  for (int64_t pack = 0; pack < packs; ++pack)
    lightest.push({0.0F, pack});
  std::vector<int64_t> packed(tokens.size()), filled(packs);
  for (int64_t item : order) {
    auto [load, pack] = lightest.top();
    lightest.pop();
    packed[pack * size + filled[pack]++] = item;
    if (filled[pack] < size)
      lightest.push({load + tokens[item], pack});
  }
  return packed;
}

/// `replicate_experts`: the copies in its order, the first of each expert
/// first.
static std::vector<Copy> replicate(const std::vector<int64_t> &loads,
                                   const std::vector<int32_t> &experts,
                                   int64_t slots) {
  std::vector<int32_t> counts = countReplicas<float>(loads, slots);
  std::vector<Copy> copies;
  for (bool first : {true, false})
    for (size_t i = 0; i < experts.size(); ++i)
      for (int32_t copy = 0; copy < (first ? 1 : counts[i] - 1); ++copy)
        copies.push_back({float(loads[i]) / float(counts[i]), experts[i]});
  return copies;
}

/// The experts of each node: whole groups, packed by their load.
static std::vector<int32_t> packGroups(const PlacementProblem &problem,
                                       const EplbHierarchy &hierarchy) {
  int64_t size = problem.numExperts() / hierarchy.groups;
  std::vector<float> tokens(hierarchy.groups, 0.0F);
  for (int64_t expert = 0; expert < problem.numExperts(); ++expert)
    tokens[expert / size] += float(problem.loads[expert]);
  std::vector<int32_t> experts;
  for (int64_t group : packEvenly(tokens, hierarchy.nodes))
    for (int64_t i = 0; i < size; ++i)
      experts.push_back(int32_t(group * size + i));
  return experts;
}

std::vector<std::string> mlir::moe::checkEplb(const PlacementProblem &problem,
                                              const EplbHierarchy &hierarchy) {
  std::vector<std::string> faults;
  // Where the groups do not divide evenly neither matters to EPLB.
  if (hierarchy.groups % hierarchy.nodes != 0)
    return faults;
  if (problem.numExperts() % hierarchy.groups != 0)
    faults.push_back(std::to_string(problem.numExperts()) +
                     " experts are not a multiple of " +
                     std::to_string(hierarchy.groups) +
                     " groups; use the number of router groups of the model, "
                     "or 1");
  if (problem.ranks % hierarchy.nodes != 0)
    faults.push_back(std::to_string(problem.ranks) +
                     " ranks are not a multiple of " +
                     std::to_string(hierarchy.nodes) +
                     " nodes; use nodes with equally many ranks, or 1");
  return faults;
}

PlacementResult mlir::moe::solveEplb(const PlacementProblem &problem,
                                     const EplbHierarchy &hierarchy) {
  EplbHierarchy used = hierarchy;
  if (used.groups % used.nodes != 0)
    used = {};
  std::vector<int32_t> experts = packGroups(problem, used);
  int64_t perNode = problem.numExperts() / used.nodes;
  PlacementResult result;
  for (int64_t node = 0; node < used.nodes; ++node) {
    std::vector<int32_t> local(experts.begin() + node * perNode,
                               experts.begin() + (node + 1) * perNode);
    std::vector<int64_t> loads;
    for (int32_t expert : local)
      loads.push_back(problem.loads[expert]);
    std::vector<Copy> copies =
        replicate(loads, local, problem.numSlots() / used.nodes);
    std::vector<float> tokens;
    for (const Copy &copy : copies)
      tokens.push_back(copy.tokens);
    for (int64_t copy : packEvenly(tokens, problem.ranks / used.nodes))
      result.experts.push_back(copies[copy].expert);
  }
  shareEvenly(problem, result);
  return result;
}

void mlir::moe::shareEvenly(const PlacementProblem &problem,
                            PlacementResult &result) {
  std::vector<int64_t> copies(problem.numExperts());
  for (int32_t expert : result.experts)
    if (expert != PlacementResult::emptySlot)
      ++copies[expert];
  result.weights.clear();
  for (int32_t expert : result.experts)
    result.weights.push_back(expert == PlacementResult::emptySlot
                                 ? 0
                                 : 1.0 / double(copies[expert]));
}
