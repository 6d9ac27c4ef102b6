//===- BalancedLayers.h - Placements of all layers --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_BALANCEDLAYERS_H
#define MOE_LIB_DRIVER_BALANCEDLAYERS_H

#include "BalanceOptions.h"
#include "moe/Balance/Repair.h"

namespace mlir::moe {

/// A layer with load, its placement, and the proof of it.
struct BalancedLayer {
  size_t row = 0;
  /// Of every window; figures below are those of the worst.
  std::vector<PlacementProblem> windows;
  size_t worstWindow = 0;
  /// What ran before: the given placement, or experts in order.
  PlacementResult before;
  PlacementResult result;
  PlacementCertificate certificate;
  /// From a given placement.
  std::vector<Transfer> transfers;
  bool isKept = false;
  /// Of home nodes.
  double offHome = 0, offHomeBound = 0;
  bool isBoundOfAllHomes = false;

  const PlacementProblem &problem() const { return windows[worstWindow]; }
};

/// One entry per row with load, all of them placed; nothing after the reasons
/// on `err`.
std::optional<std::vector<BalancedLayer>>
balanceLayers(const BalanceOptions &options, llvm::raw_ostream &err);

/// Rows of the input, also those without load.
struct BalanceSummary {
  double mean = 0, worst = 0;
  size_t worstLayer = 0; // index into the layers
};
BalanceSummary summarize(llvm::ArrayRef<BalancedLayer> layers);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_BALANCEDLAYERS_H
