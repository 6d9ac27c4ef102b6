//===- LaunchTraffic.h - What a step moves along grid dimensions *- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_TRANSFORMS_LAUNCHTRAFFIC_H
#define MOE_LIB_TRANSFORMS_LAUNCHTRAFFIC_H

#include "moe/Analysis/PlanModel.h"
#include "moe/Cost/Count.h"
#include <map>

namespace mlir::moe {

/// The grid dimensions that a group spans, ascending, without those of size 1.
using GroupDims = std::vector<int16_t>;
/// Of `dims` on `grid`; empty for a group of one rank.
GroupDims spannedDims(llvm::ArrayRef<int16_t> dims, shard::GridOp grid);

/// Bytes that one rank sends in a step by one kind of collective, on the stage
/// that sends most; nothing when they cannot be counted.
using GroupSends = std::map<CollectiveKind, cost::Count>;

/// What the stage functions of the module send, by group: what the estimate of
/// the lowered plan says of them (cost::trafficOfStep). Empty where the plan
/// has no estimate; fails, with an error, where a collective contradicts it.
FailureOr<std::map<GroupDims, GroupSends>> countSends(ModuleOp module,
                                                      shard::GridOp grid,
                                                      PlanOp plan,
                                                      const PlanModel &model);

/// A part of the machine that `moe.tier` describes.
struct TierFigures {
  llvm::StringRef name;
  int64_t gpus = 0;
  /// Of a collective inside the tier; absent when nothing says how fast it is.
  std::optional<int64_t> latencyNs, bytesPerSecond;
};

/// Host, NVLink domain, the nodes of a switch and the network, as far as the
/// plan has them: GPUs as they share them, times of the built-in calibration.
llvm::SmallVector<TierFigures> tiersOf(PlanOp plan, const PlanModel &model,
                                       int64_t gpusPerHost);

} // namespace mlir::moe

#endif // MOE_LIB_TRANSFORMS_LAUNCHTRAFFIC_H
