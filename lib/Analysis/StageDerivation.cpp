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
  return StageLayout::evenSplit(*plan.model.layers, plan.model.mtpLayers,
                                *degrees.pp, *degrees.vpp, error);
}

static DecidedStage stageOf(const StageLayout &layout, int64_t index,
                            int64_t pp, Location where) {
  DecidedStage stage{index, {}, 0, false, false, where};
  for (int64_t chunk = index; chunk < layout.numChunks(); chunk += pp) {
    const LayoutChunk &layers = layout.chunks()[chunk];
    int64_t begin = layout.firstDecoder(chunk);
    stage.layers.emplace_back(begin, begin + layers.count(LayerKind::Decoder));
    stage.embedding |= layers.count(LayerKind::Embedding) > 0;
    stage.output |= layers.count(LayerKind::Loss) > 0;
    stage.mtpLayers += layers.count(LayerKind::Mtp);
  }
  return stage;
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
  for (int64_t index = 0; index < pp; ++index)
    stages.push_back(stageOf(*layout, index, pp, plan.degrees.layoutWhere));
  return stages;
}
