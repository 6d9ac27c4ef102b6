//===- StageDerivation.cpp - Layers of pipeline stages -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/StageDerivation.h"

#include "moe/Model/StageLayout.h"

using namespace mlir;
using namespace mlir::moe;

/// The layout of a plan: stated, or an even split of its layers.
static std::optional<StageLayout> layoutOf(const PlanModel &plan,
                                           std::string &error) {
  const Degrees &degrees = plan.degrees;
  if (degrees.layout && *degrees.layout != "uniform")
    return StageLayout::parse(*degrees.layout, error);
  if (!plan.model.layers) {
    error = "the plan does not say how many layers the model has";
    return std::nullopt;
  }
  // Layers that predict further tokens are trained; serving runs without them
  // unless they draft.
  const WorkloadFigures &workload = plan.workload;
  bool drafts = workload.mode == Mode::Decode && workload.draftTokens;
  int64_t mtpLayers =
      workload.isTraining() || drafts ? plan.model.mtpLayers : 0;
  return StageLayout::evenSplit(*plan.model.layers, mtpLayers, *degrees.pp,
                                *degrees.vpp, error);
}

std::optional<std::vector<DecidedStage>>
moe::deriveStages(const PlanModel &plan, std::string &error) {
  std::optional<StageLayout> layout = layoutOf(plan, error);
  if (!layout)
    return std::nullopt;
  int64_t pp = *plan.degrees.pp;
  if (layout->numChunks() % pp != 0) {
    error = std::to_string(layout->numChunks()) +
            " chunks do not divide over " + std::to_string(pp) + " stages";
    return std::nullopt;
  }
  std::vector<DecidedStage> stages;
  for (const LayoutStage &stage : layout->stages(pp))
    stages.push_back({static_cast<int64_t>(stages.size()),
                      {stage.layers.begin(), stage.layers.end()},
                      stage.mtpLayers,
                      stage.embedding,
                      stage.output,
                      plan.degrees.layoutWhere});
  return stages;
}
