//===- PlanDecisions.cpp - What passes decided about a plan ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/PlanDecisions.h"

#include "moe/IR/FieldLocation.h"

using namespace mlir;
using namespace mlir::moe;

const DecidedMesh *PlanDecisions::mesh(StringRef name) const {
  for (const DecidedMesh &mesh : meshes)
    if (mesh.name == name)
      return &mesh;
  return nullptr;
}

const DecidedPlacement *PlanDecisions::placementOf(StringRef layers) const {
  for (const DecidedPlacement &placement : placements)
    if (placement.layers == layers)
      return &placement;
  return nullptr;
}

static DecidedMesh readMesh(MeshOp op) {
  DecidedMesh mesh{op.getSymName().str(), {}, "", {}, sectionLoc(op)};
  for (auto [kind, size] :
       llvm::zip_equal(op.getAxes().getKinds(), op.getAxes().getSizes()))
    mesh.axes.add(kind, size);
  if (std::optional<StringRef> folds = op.getFolds())
    mesh.folds = folds->str();
  if (AxisKindListAttr keeping = op.getKeepingAttr())
    mesh.keeping.assign(keeping.getValue().begin(), keeping.getValue().end());
  return mesh;
}

static DecidedPipeline readPipeline(PipelineOp op) {
  DecidedPipeline pipeline{op.getMesh().str(), {}, sectionLoc(op)};
  for (auto stageOp : op.getBody().getOps<StageOp>()) {
    DecidedStage stage{static_cast<int64_t>(stageOp.getIndex()),
                       {},
                       static_cast<int64_t>(stageOp.getMtpLayers()),
                       stageOp.getEmbedding(),
                       stageOp.getOutput(),
                       sectionLoc(stageOp)};
    for (auto range : stageOp.getLayers().getAsRange<LayerRangeAttr>())
      stage.layers.emplace_back(range.getBegin(), range.getEnd());
    pipeline.stages.push_back(std::move(stage));
  }
  return pipeline;
}

PlanDecisions::PlanDecisions(PlanOp plan) {
  for (auto op : plan.getBody().getOps<MeshOp>())
    meshes.push_back(readMesh(op));
  if (auto op = plan.getSection<PipelineOp>())
    pipeline = readPipeline(op);
  for (auto op : plan.getBody().getOps<PlacementOp>())
    placements.push_back(
        {op.getSymName().str(), op.getLayersAttr().getLeafReference().str(),
         op.getMesh().value_or("").str(),
         static_cast<int64_t>(op.getSlotsPerRank()), op.getKind(),
         op.getTableAttr(), op->getAttr("moe.weights"), sectionLoc(op)});
}
