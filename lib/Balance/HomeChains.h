//===- HomeChains.h - Load shipped to chains of other nodes -----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Makes the loads of all nodes equal with hardly more than the minimum shipped.
// A node of k ranks is exact as one chain of k(S-1)+1 experts (WrapAround.h),
// which leaves room for one or few parts of experts from elsewhere. But it can
// also be several chains: one of j ranks takes j(S-1) experts of the node, and
// one part from elsewhere that is just as large as what they lack of j means.
// So a node with too little load takes up to k parts, of sizes that the choice
// of its chains decides, and they only have to be dealt to the nodes with too
// much: to each as near to what it has too much as they come. What then differs
// is passed between those, as one more part each; this is all that is shipped
// beyond the minimum.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_HOMECHAINS_H
#define MOE_LIB_BALANCE_HOMECHAINS_H

#include "NodeDivision.h"
#include "moe/Balance/PlacementProblem.h"
#include <optional>

namespace mlir::moe {

struct HomeChains {
  std::vector<NodeChain> chains;
  /// Scaled tokens that are not served at home.
  int64_t shipped = 0;
};

/// All nodes exactly equal, or nothing where this way finds no such shipping;
/// `homes` is the node of each expert.
std::optional<HomeChains> shipByChains(const PlacementProblem &problem,
                                       const std::vector<int32_t> &homes,
                                       int64_t nodes);

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_HOMECHAINS_H
