//===- HomeNodes.cpp - Router groups that stay on their node --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Balance/HomeNodes.h"
#include "HomeChains.h"
#include "HomeShipping.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace mlir::moe;

namespace {
/// Chooses homes with the least load above the mean of the nodes.
class HomeChooser {
public:
  HomeChooser(std::vector<int64_t> groups, int64_t nodes)
      : groups(std::move(groups)), nodes(nodes),
        perNode(int64_t(this->groups.size()) / nodes), loads(nodes),
        counts(nodes), now(this->groups.size()) {
    mean = double(std::accumulate(this->groups.begin(), this->groups.end(),
                                  int64_t(0))) /
           double(nodes);
  }
  /// Whether all choices were tried.
  bool choose();

  std::vector<int32_t> nodeOf;
  double excess = HUGE_VAL;

private:
  void tryGroup(size_t index, double above);

  std::vector<int64_t> groups;
  int64_t nodes, perNode;
  double mean = 0;
  std::vector<int64_t> order;
  std::vector<double> loads;
  std::vector<int64_t> counts;
  std::vector<int32_t> now;
  int64_t budget = 1 << 18;
};
} // namespace

bool HomeChooser::choose() {
  order.resize(groups.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(
      order, [&](int64_t a, int64_t b) { return groups[a] > groups[b]; });
  tryGroup(0, 0);
  return budget > 0;
}

/// Heaviest groups first, each on the nodes with the least load first, so that
/// the first choice of all is already a good one.
void HomeChooser::tryGroup(size_t index, double above) {
  if (above >= excess || (budget-- <= 0 && excess < HUGE_VAL))
    return;
  if (index == groups.size()) {
    excess = above;
    nodeOf = now;
    return;
  }
  std::vector<int32_t> byLoad(nodes);
  std::iota(byLoad.begin(), byLoad.end(), 0);
  llvm::stable_sort(byLoad,
                    [&](int32_t a, int32_t b) { return loads[a] < loads[b]; });
  bool triedEmpty = false;
  for (int32_t node : byLoad) {
    // Empty nodes are alike.
    if (counts[node] == perNode || (counts[node] == 0 && triedEmpty))
      continue;
    triedEmpty |= counts[node] == 0;
    auto load = double(groups[order[index]]);
    double before = std::max(0.0, loads[node] - mean);
    loads[node] += load, ++counts[node];
    now[order[index]] = node;
    tryGroup(index + 1, above - before + std::max(0.0, loads[node] - mean));
    loads[node] -= load, --counts[node];
  }
}

std::vector<std::string> mlir::moe::checkHome(const PlacementProblem &problem,
                                              const EplbHierarchy &hierarchy) {
  std::vector<std::string> faults = checkEplb(problem, hierarchy);
  if (hierarchy.groups % hierarchy.nodes != 0)
    faults.push_back(counted(hierarchy.groups, "router group") +
                     " cannot be divided evenly over " +
                     counted(hierarchy.nodes, "node") +
                     "; use a number of nodes that divides the groups, or the "
                     "mode 'flat'");
  if (!problem.isUniform())
    faults.push_back("the mode 'home' needs ranks that are alike; leave out "
                     "what makes them differ, or use the mode 'flat'");
  if (faults.empty() && problem.numSlots() / hierarchy.nodes <
                            problem.numExperts() / hierarchy.nodes)
    faults.push_back("the slots of a node are fewer than its experts");
  return faults;
}

/// Places what a node has on its ranks; weights become shares of all tokens.
static void placeNode(const PlacementProblem &problem,
                      const HomeShipping &shipping, int64_t node,
                      int64_t ranksPerNode, Dispatch dispatch,
                      HomePlacement &placement) {
  std::vector<int32_t> experts;
  PlacementProblem local;
  for (auto [expert, tokens] : shipping.on(node)) {
    experts.push_back(expert);
    local.loads.push_back(tokens);
  }
  local.ranks = ranksPerNode;
  local.slots = problem.slots;
  PlacementResult found =
      dispatch == Dispatch::Weighted ? solveWeighted(local) : solveEven(local);
  int64_t first = node * ranksPerNode * problem.slots;
  for (int64_t slot = 0; slot < local.numSlots(); ++slot) {
    int32_t index = found.experts[slot];
    if (index < 0)
      continue;
    int32_t expert = experts[index];
    double part = shipping.partOn(node, expert);
    placement.result.experts[first + slot] = expert;
    placement.result.weights[first + slot] = found.weights[slot] * part;
  }
}

/// Weights are parts of all tokens of an expert.
static void placeChain(const PlacementProblem &problem, const NodeChain &chain,
                       PlacementResult &result) {
  std::vector<int64_t> filled(chain.ranks);
  auto assign = [&](int64_t local, int32_t expert, int64_t part) {
    int64_t slot = (chain.firstRank + local) * problem.slots + filled[local]++;
    auto tokens = double(problem.loads[expert]) * double(problem.ranks);
    result.experts[slot] = expert;
    result.weights[slot] = tokens == 0 ? 1 : double(part) / tokens;
  };
  wrapAroundShare(chain.items, chain.ranks, problem.slots, problem.total(),
                  assign);
}

HomePlacement mlir::moe::solveHome(const PlacementProblem &problem,
                                   const EplbHierarchy &hierarchy,
                                   Dispatch dispatch) {
  int64_t size = problem.numExperts() / hierarchy.groups;
  int64_t ranksPerNode = problem.ranks / hierarchy.nodes;
  std::vector<int64_t> groups(hierarchy.groups);
  for (int64_t expert = 0; expert < problem.numExperts(); ++expert)
    groups[expert / size] += problem.loads[expert];
  HomeChooser chooser(std::move(groups), hierarchy.nodes);
  HomePlacement placement;
  placement.triedAllHomes = chooser.choose();
  placement.nodeOf = chooser.nodeOf;
  auto total = double(problem.total());
  placement.offHomeBound = total > 0 ? chooser.excess / total : 0;
  std::vector<int32_t> homes;
  for (int64_t expert = 0; expert < problem.numExperts(); ++expert)
    homes.push_back(placement.nodeOf[expert / size]);
  placement.result.experts.assign(problem.numSlots(),
                                  PlacementResult::emptySlot);
  placement.result.weights.assign(problem.numSlots(), 0);
  std::optional<HomeChains> exact;
  if (dispatch == Dispatch::Weighted)
    exact = shipByChains(problem, homes, hierarchy.nodes);
  if (exact) {
    for (const NodeChain &chain : exact->chains)
      placeChain(problem, chain, placement.result);
    placement.offHome =
        total > 0 ? double(exact->shipped) / (total * double(problem.ranks))
                  : 0;
    return placement;
  }
  HomeShipping shipping(problem, homes, hierarchy.nodes);
  if (dispatch == Dispatch::Weighted)
    shipping.ship();
  placement.offHome = shipping.partShipped();
  for (int64_t node = 0; node < hierarchy.nodes; ++node)
    placeNode(problem, shipping, node, ranksPerNode, dispatch, placement);
  return placement;
}
