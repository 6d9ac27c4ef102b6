//===- Solvers.h - Ways to place experts ------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each solver takes a sound problem (`PlacementProblem::check`) and returns a
// placement that `verify` accepts. All are deterministic: of equal loads the
// lower index comes first.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_BALANCE_SOLVERS_H
#define MOE_BALANCE_SOLVERS_H

#include "moe/Balance/PlacementProblem.h"
#include "llvm/ADT/ArrayRef.h"

namespace mlir::moe {

/// For runtimes that split an expert's tokens over its copies by given weights.
/// With E experts on G ranks and G + E - 1 slots or more every rank gets
/// exactly the mean (lib/Balance/WrapAround.h has the proof). Below that the
/// ranks are divided into as many chains as slots are missing; each chain is
/// exact in itself, and a search evens out the chains. Where ranks differ, the
/// placement of an even search gets the best shares.
PlacementResult solveWeighted(const PlacementProblem &problem);

/// When a search ends.
struct SearchLimits {
  /// So close to the lower bound, as a part of it.
  double tolerance = 1e-6;
  /// Comparisons of slots, of all tries together, for 512 slots; more slots
  /// have more, up to 64 times as many. This bounds the time, on any machine
  /// alike: a nanosecond to four each.
  int64_t effort = int64_t(1) << 24;

  /// What a runtime can wait for between two steps: about 45 us for 256 experts
  /// on 32 ranks, also where whole tokens let no search come so close.
  static SearchLimits quick() { return {1e-3, 12000}; }
};

/// For runtimes that give the copies of an expert equal shares: a local search,
/// never worse than EPLB.
PlacementResult solveEven(const PlacementProblem &problem,
                          const SearchLimits &limits = {});

/// One placement for several recordings of the same layer, on the same ranks,
/// with even shares: the worst max over mean of all is low. Windows without
/// load do not count; there is at least one window.
PlacementResult solveWindows(llvm::ArrayRef<PlacementProblem> windows,
                             const SearchLimits &limits = {});

/// Sets the shares that make the busiest rank as light as the experts' slots
/// allow.
void solveShares(const PlacementProblem &problem, PlacementResult &result);

/// Where router groups and nodes matter to EPLB. One group on one node is its
/// global policy, which it also takes where the groups do not divide evenly.
struct EplbHierarchy {
  int64_t groups = 1;
  int64_t nodes = 1;
};

/// Why EPLB has no answer, with the fix; empty if it has one. EPLB itself stops
/// with a bare assertion.
std::vector<std::string> checkEplb(const PlacementProblem &problem,
                                   const EplbHierarchy &hierarchy);

/// DeepSeek's expert placement load balancer, slot by slot: deepseek-ai/EPLB,
/// `rebalance_experts` in eplb.py, in its single precision. Copies of an expert
/// share its tokens evenly, and two may be on one rank (`Duplicates::Allowed`).
/// Equal to the original where no loads tie; there, torch's order is
/// unspecified.
PlacementResult solveEplb(const PlacementProblem &problem,
                          const EplbHierarchy &hierarchy = {});

/// Gives the copies of every expert equal shares.
void shareEvenly(const PlacementProblem &problem, PlacementResult &result);

} // namespace mlir::moe

#endif // MOE_BALANCE_SOLVERS_H
