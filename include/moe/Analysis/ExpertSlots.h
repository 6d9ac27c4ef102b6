//===- ExpertSlots.h - Which slot holds which expert ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Placement by rule. Placement by load is the business of the balancing
// library.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_EXPERTSLOTS_H
#define MOE_ANALYSIS_EXPERTSLOTS_H

#include "moe/Analysis/PlanModel.h"
#include <vector>

namespace mlir::moe {

/// Expert slots of one run of MoE layers, rank by rank.
struct ExpertSlots {
  int64_t ranks = 0;
  int64_t slotsPerRank = 0;
  /// Expert in slot `rank * slotsPerRank + slot`, -1 when empty.
  std::vector<int32_t> experts;

  /// Slots in use on `rank`.
  int64_t used(int64_t rank) const;
};

/// Slots per rank of the plan: stated, or as few as hold all experts.
std::optional<int64_t> slotsPerRank(const PlanModel &plan, const LayerRun &run);

/// Places `experts` experts by rule. With `replicate`, slots beyond one per
/// expert hold experts 0, 1, ... again; without, the experts are dealt out so
/// that counts differ by at most one. Needs ranks x slots >= experts.
ExpertSlots placeByRule(PlacementKind kind, int64_t experts, int64_t ranks,
                        int64_t slotsPerRank, bool replicate);

} // namespace mlir::moe

#endif // MOE_ANALYSIS_EXPERTSLOTS_H
