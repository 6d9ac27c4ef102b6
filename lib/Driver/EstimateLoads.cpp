//===- EstimateLoads.cpp - Recorded loads in words ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EstimateTables.h"
#include "ExplainCost.h"

#include "moe/Wording/Wording.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace mlir::moe;

/// Balanced ranks differ in the third decimal: `1.310 x the mean`.
static std::string showMean(double ratio) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.3f x the mean", ratio);
  return text;
}

/// "the busiest rank gets 1.180 x the mean over 58 layers, 1.310 x the mean in
/// layer 12 (rank 7, most of it for expert 93)".
static std::string describeLoad(const RunLoad &load) {
  std::string text = "the busiest rank gets " + showMean(load.mean);
  if (load.recorded > 1 && !load.shared)
    text += " over " + counted(load.recorded, "layer") + ", " +
            showMean(load.worst.maxOverMean) + " in layer " +
            std::to_string(load.worstLayer);
  text += " (rank " + std::to_string(load.worst.rank) +
          ", most of it for expert " + std::to_string(load.worst.expert) + ")";
  if (load.recorded < load.layers)
    text += "; no token was counted in " +
            counted(load.layers - load.recorded, "layer") +
            ", taken as the routing says";
  return text;
}

std::vector<std::string> moe::loadLines(const RecordedLoads &loads) {
  std::vector<std::string> lines;
  for (const RunLoad &load : loads.runs)
    lines.push_back("recorded load of @" + load.run + ", " +
                    (load.balanced ? "placed by it: " : "as placed: ") +
                    describeLoad(load));
  for (const UnusedLoad &load : loads.unused)
    lines.push_back("recorded load of @" + load.run +
                    " is not used: " + load.reason);
  return lines;
}

std::optional<CostInput> moe::loadInput(const PlanEstimate &estimate) {
  const RunLoad *worst = estimate.loads.worst();
  if (!worst)
    return std::nullopt;
  return CostInput{"experts.loads", showMean(estimate.loads.mean()),
                   "recorded, " + placeOf(worst->where) + "; worst layer " +
                       std::to_string(worst->worstLayer) + ": " +
                       showMean(worst->worst.maxOverMean)};
}
