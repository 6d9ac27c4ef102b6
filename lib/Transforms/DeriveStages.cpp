//===- DeriveStages.cpp - Layers to pipeline stages -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/StageDerivation.h"
#include "moe/Transforms/Passes.h"

using namespace mlir;

namespace mlir::moe {
#define GEN_PASS_DEF_DERIVESTAGES
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

using namespace mlir::moe;

namespace {
/// Writes the pipeline of a plan beside its meshes.
struct DeriveStages : moe::impl::DeriveStagesBase<DeriveStages> {
  void runOnOperation() override {
    PlanOp plan = getOperation();
    if (plan.getSection<PipelineOp>())
      return markAllAnalysesPreserved();
    auto model = plan.getSection<ModelOp>();
    auto mesh = plan.getSection<MeshOp>();
    PlanModel figures(plan);
    if (!model || !mesh) {
      emitError(figures.where)
          << "stages need the section 'model' and a mesh; run "
             "--moe-derive-meshes first";
      return signalPassFailure();
    }
    std::string error;
    std::optional<std::vector<DecidedStage>> stages =
        deriveStages(figures, error);
    if (!stages) {
      emitError(figures.degrees.layoutWhere)
          << "cannot derive stages: " << error;
      return signalPassFailure();
    }
    write(model, mesh, *stages);
  }

private:
  void write(ModelOp model, MeshOp mesh, ArrayRef<DecidedStage> stages) {
    MLIRContext *ctx = &getContext();
    OpBuilder builder(ctx);
    builder.setInsertionPointToEnd(mesh->getBlock());
    Schedule schedule = stages.size() == 1 ? Schedule::Sequential
                        : stages.front().layers.size() > 1
                            ? Schedule::Interleaved
                            : Schedule::OneFOneB;
    auto pipeline = PipelineOp::create(
        builder, mesh.getLoc(), builder.getStringAttr("stages"),
        FlatSymbolRefAttr::get(model.getSymNameAttr()),
        FlatSymbolRefAttr::get(mesh.getSymNameAttr()),
        ScheduleAttr::get(ctx, schedule));
    builder.createBlock(&pipeline.getBody());
    for (const DecidedStage &stage : stages)
      writeStage(builder, pipeline.getLoc(), stage);
  }

  void writeStage(OpBuilder &builder, Location loc, const DecidedStage &stage) {
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
    ++numStages;
  }
};
} // namespace
