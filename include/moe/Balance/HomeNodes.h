//===- HomeNodes.h - Router groups that stay on their node ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A router that sends a token to few groups of experts sends it to few nodes,
// if the experts of a group are on one node. So groups have a home node, and
// only what is too much for a node is served elsewhere: part of an expert is
// shipped to a node with less load, then every node is balanced in itself.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_BALANCE_HOMENODES_H
#define MOE_BALANCE_HOMENODES_H

#include "moe/Balance/PlacementProblem.h"
#include "moe/Balance/Solvers.h"

namespace mlir::moe {

/// Why router groups cannot have home nodes, with the fix; empty if they can.
std::vector<std::string> checkHome(const PlacementProblem &problem,
                                   const EplbHierarchy &hierarchy);

/// A placement, and where its tokens are served.
struct HomePlacement {
  PlacementResult result;
  /// The node of each router group, equally many groups on each.
  std::vector<int32_t> nodeOf;
  /// The part of all tokens that a node other than the expert's home serves.
  double offHome = 0;
  /// With equal loads of the nodes no placement has less: what the nodes have
  /// above the mean, for the best choice of homes where all were tried.
  double offHomeBound = 0;
  bool triedAllHomes = false;
};

/// Weighted: the loads of all nodes are made equal by shipping as little as
/// possible, and the ranks of each node are exact where it has the slots. Even:
/// whole groups stay at home, each node is searched by itself.
HomePlacement solveHome(const PlacementProblem &problem,
                        const EplbHierarchy &hierarchy, Dispatch dispatch);

} // namespace mlir::moe

#endif // MOE_BALANCE_HOMENODES_H
