//===- DeriveStages.cpp - Layers to pipeline stages -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/PlanModel.h"
#include "moe/Model/StageLayout.h"
#include "moe/Transforms/Passes.h"

using namespace mlir;

namespace mlir::moe {
#define GEN_PASS_DEF_DERIVESTAGES
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

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
    std::optional<StageLayout> layout = layoutOf(figures, error);
    if (!layout) {
      emitError(figures.degrees.layoutWhere)
          << "cannot derive stages: " << error;
      return signalPassFailure();
    }
    int64_t pp = *figures.degrees.pp;
    if (layout->numChunks() % pp != 0) {
      emitError(figures.degrees.layoutWhere)
          << "cannot derive stages: " << layout->numChunks()
          << " chunks do not divide over " << pp << " stages";
      return signalPassFailure();
    }
    write(model, mesh, *layout, pp);
  }

private:
  void write(ModelOp model, MeshOp mesh, const StageLayout &layout,
             int64_t pp) {
    MLIRContext *ctx = &getContext();
    OpBuilder builder(ctx);
    builder.setInsertionPointToEnd(mesh->getBlock());
    Schedule schedule = pp == 1                   ? Schedule::Sequential
                        : layout.numChunks() > pp ? Schedule::Interleaved
                                                  : Schedule::OneFOneB;
    auto pipeline = PipelineOp::create(
        builder, mesh.getLoc(), builder.getStringAttr("stages"),
        FlatSymbolRefAttr::get(model.getSymNameAttr()),
        FlatSymbolRefAttr::get(mesh.getSymNameAttr()),
        ScheduleAttr::get(ctx, schedule));
    builder.createBlock(&pipeline.getBody());
    for (int64_t index = 0; index < pp; ++index)
      writeStage(builder, pipeline.getLoc(), layout, index, pp);
  }

  /// Stage `index` runs chunks index, index + pp, index + 2 x pp, ...
  void writeStage(OpBuilder &builder, Location loc, const StageLayout &layout,
                  int64_t index, int64_t pp) {
    SmallVector<Attribute> ranges;
    int64_t embeddings = 0, losses = 0, mtpLayers = 0;
    for (int64_t chunk = index; chunk < layout.numChunks(); chunk += pp) {
      const LayoutChunk &layers = layout.chunks()[chunk];
      int64_t begin = layout.firstDecoder(chunk);
      ranges.push_back(
          LayerRangeAttr::get(builder.getContext(), begin,
                              begin + layers.count(LayerKind::Decoder)));
      embeddings += layers.count(LayerKind::Embedding);
      losses += layers.count(LayerKind::Loss);
      mtpLayers += layers.count(LayerKind::Mtp);
    }
    auto flag = [&](int64_t count) {
      return count > 0 ? builder.getUnitAttr() : UnitAttr();
    };
    StageOp::create(builder, loc, builder.getI64IntegerAttr(index),
                    builder.getArrayAttr(ranges), flag(embeddings),
                    flag(losses), builder.getI64IntegerAttr(mtpLayers));
    ++numStages;
  }
};
} // namespace
