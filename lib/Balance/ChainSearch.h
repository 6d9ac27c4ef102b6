//===- ChainSearch.h - Experts divided over chains of ranks -----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With R slots beyond one per expert and R < G-1, a weighted placement on G
// ranks of S slots falls into G-R chains: draw a line from an expert to each
// rank that holds it. The E+G dots have E+R lines, so at least G-R parts, and
// two parts with an empty slot can be joined without raising either. A part of
// k ranks has at most k(S-1)+1 experts, E = G(S-1) + (G-R) in all, so each has
// exactly as many; and by the wrap-around rule (WrapAround.h) every such part
// can be given the same load on all of its ranks. What remains to be found is
// who belongs to which chain, and that is all that is searched for.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_CHAINSEARCH_H
#define MOE_LIB_BALANCE_CHAINSEARCH_H

#include "moe/Balance/PlacementProblem.h"

namespace mlir::moe {

/// Ranks that share the load of their experts evenly.
struct Chain {
  int64_t ranks = 1;
  std::vector<int32_t> experts;
  double tokens = 0;
  double perRank() const { return tokens / double(ranks); }
};

/// Chains with a low maximum of `perRank()`, for a problem with fewer than
/// E + G - 1 slots. Stops at the lower bound; its effort is bounded.
std::vector<Chain> searchChains(const PlacementProblem &problem);

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_CHAINSEARCH_H
