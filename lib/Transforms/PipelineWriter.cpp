//===- PipelineWriter.cpp - Stages as operations --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PipelineWriter.h"

using namespace mlir;
using namespace mlir::moe;

static void writeStage(OpBuilder &builder, Location loc,
                       const DecidedStage &stage) {
  SmallVector<Attribute> ranges;
  for (auto [begin, end] : stage.layers)
    ranges.push_back(LayerRangeAttr::get(builder.getContext(), begin, end));
  auto flag = [&](bool set) {
    return set ? builder.getUnitAttr() : UnitAttr();
  };
  StageOp::create(builder, loc, builder.getI64IntegerAttr(stage.index),
                  builder.getArrayAttr(ranges), flag(stage.embedding),
                  flag(stage.output),
                  builder.getI64IntegerAttr(stage.mtpLayers));
}

void moe::writePipeline(ModelOp model, MeshOp mesh,
                        ArrayRef<DecidedStage> stages) {
  MLIRContext *ctx = model.getContext();
  OpBuilder builder(ctx);
  builder.setInsertionPointToEnd(mesh->getBlock());
  Schedule schedule = stages.front().layers.size() > 1 ? Schedule::Interleaved
                                                       : Schedule::OneFOneB;
  auto parallelism =
      cast<PlanOp>(model->getParentOp()).getSection<ParallelismOp>();
  if (parallelism && parallelism.getSchedule())
    schedule = *parallelism.getSchedule();
  if (stages.size() == 1)
    schedule = Schedule::Sequential;
  auto pipeline = PipelineOp::create(
      builder, mesh.getLoc(), builder.getStringAttr("stages"),
      FlatSymbolRefAttr::get(model.getSymNameAttr()),
      FlatSymbolRefAttr::get(mesh.getSymNameAttr()),
      ScheduleAttr::get(ctx, schedule));
  builder.createBlock(&pipeline.getBody());
  for (const DecidedStage &stage : stages)
    writeStage(builder, pipeline.getLoc(), stage);
}
