//===- Repair.h - From a running placement to a better one ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Placing anew moves almost every copy. A repair changes few slots, leaves the
// others where they are, and says who sends what to whom.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_BALANCE_REPAIR_H
#define MOE_BALANCE_REPAIR_H

#include "moe/Balance/PlacementProblem.h"
#include "llvm/ADT/ArrayRef.h"

namespace mlir::moe {

/// What a copy costs from rank to rank, `costs[from][to]`, at least 0; empty
/// where all links are alike.
using LinkCosts = std::vector<std::vector<double>>;

struct RepairOptions {
  Dispatch dispatch = Dispatch::Weighted;
  /// Max over mean that is good enough.
  double target = 1.02;
  /// Copies that may be moved.
  int64_t maxMoves = INT64_MAX;
  LinkCosts costs = {};
};

/// Changes a sound placement until the target or the last move is reached, each
/// time by what gains most for what its moves cost. With weighted dispatch the
/// shares are solved first, which moves nothing. Slots that keep their expert
/// stay.
PlacementResult repairPlacement(const PlacementProblem &problem,
                                const PlacementResult &from,
                                const RepairOptions &options);

/// One copy of an expert to send.
struct Transfer {
  /// No rank holds the expert any more: its weights are read again.
  static constexpr int64_t storage = -1;

  int64_t round = 0;
  int64_t from = 0, to = 0; // ranks, or from `storage`
  int64_t slot = 0;         // where it arrives
  int32_t expert = 0;
  double cost = 0; // of its link; 0 from `storage` and without costs
};

/// Puts the experts of each rank that it already held into the slots they had.
void keepSlots(const PlacementProblem &problem,
               const std::vector<int32_t> &before, PlacementResult &after);

/// What each slot that changed receives, from the rank that held the expert at
/// the least cost, of equal ones the rank that sends least. In a round a rank
/// sends at most one copy and receives at most one, and there are as few rounds
/// as the busiest rank needs. A round takes as long as its dearest transfer, so
/// dear ones share the first rounds where they can.
std::vector<Transfer> scheduleTransfers(const PlacementProblem &problem,
                                        const std::vector<int32_t> &before,
                                        const std::vector<int32_t> &after,
                                        const LinkCosts &costs = {});

/// The sum over the rounds of their dearest transfer.
double costOfRounds(llvm::ArrayRef<Transfer> transfers);

} // namespace mlir::moe

#endif // MOE_BALANCE_REPAIR_H
