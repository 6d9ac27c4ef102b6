//===- Partition.cpp - Plan to sharded level ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageBuilder.h"

#include "moe/Transforms/Passes.h"

using namespace mlir;

namespace mlir::moe {
#define GEN_PASS_DEF_PARTITION
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

using namespace mlir::moe;

static MeshAxes toAxes(MeshOp mesh) {
  MeshAxes axes;
  for (auto [kind, size] :
       llvm::zip_equal(mesh.getAxes().getKinds(), mesh.getAxes().getSizes()))
    axes.add(kind, size);
  return axes;
}

/// The meshes of a plan: one, or one and another that folds it.
static FailureOr<DerivedMeshes> readMeshes(PlanOp plan) {
  DerivedMeshes meshes;
  bool found = false;
  for (auto mesh : plan.getBody().getOps<MeshOp>()) {
    if (mesh.getFolds()) {
      meshes.expert = toAxes(mesh);
    } else {
      meshes.attention = toAxes(mesh);
      found = true;
    }
  }
  if (!found)
    return emitError(plan.getLoc())
           << "has no mesh; run --moe-derive-meshes first";
  return meshes;
}

static AxisMapAttr toAttr(MLIRContext *ctx, const AxisDims &view) {
  SmallVector<AxisKind> kinds;
  SmallVector<DenseI16ArrayAttr> dims;
  for (const auto &[kind, list] : view) {
    kinds.push_back(kind);
    dims.push_back(DenseI16ArrayAttr::get(ctx, list));
  }
  return AxisMapAttr::get(ctx, kinds, dims);
}

/// Tokens of one pass on one rank; nothing when context parallelism does not
/// divide them.
static std::optional<int64_t> wholeTokens(const PlanModel &plan,
                                          const cost::Job &job) {
  const WorkloadFigures &workload = plan.workload;
  if (workload.mode == Mode::Decode)
    return job.tokens().value();
  const Figure &sequences =
      workload.isTraining() ? workload.microBatch : workload.batch;
  std::optional<int64_t> tokens =
      product({&sequences, &workload.sequenceLength});
  if (!tokens || *tokens % job.degrees.cp != 0)
    return std::nullopt;
  return *tokens / job.degrees.cp;
}

/// Of these, what the tensors of a stage hold: servers pad them to whole shares
/// of the tensor-parallel ranks. In training they are whole (workload-8).
static std::optional<int64_t> paddedTokens(const PlanModel &plan,
                                           const cost::Job &job) {
  std::optional<int64_t> tokens = wholeTokens(plan, job);
  if (!tokens || job.isTraining())
    return tokens;
  int64_t padded;
  bool overflows = llvm::MulOverflow(
      llvm::divideCeilSigned(*tokens, job.degrees.tp), job.degrees.tp, padded);
  return overflows ? std::nullopt : std::optional(padded);
}

namespace {
/// Writes the grid, its views and the functions of the stages.
struct Partition : moe::impl::PartitionBase<Partition> {
  void runOnOperation() override {
    auto plans = llvm::to_vector(getOperation().getOps<PlanOp>());
    if (plans.size() != 1) {
      emitError(getOperation().getLoc())
          << "expected one plan to lower, found " << plans.size();
      return signalPassFailure();
    }
    if (failed(lower(plans.front())))
      signalPassFailure();
  }

private:
  static constexpr StringLiteral kGrid = "world";

  LogicalResult lower(PlanOp plan) {
    FailureOr<DerivedMeshes> meshes = readMeshes(plan);
    auto pipeline = plan.getSection<PipelineOp>();
    if (failed(meshes))
      return failure();
    if (!pipeline)
      return emitError(plan.getLoc())
             << "has no pipeline; run --moe-derive-stages first";
    PlanModel model(plan);
    auto grid = deriveWorldGrid(*meshes, *model.degrees.etp);
    if (auto *none = std::get_if<NoRefinement>(&grid))
      return emitError(model.degrees.orderWhere)
             << "the meshes have no common refinement: groups of "
             << none->smallerCut << " and of " << none->largerCut
             << " neighbouring ranks overlap without nesting [mesh-4]";
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    writeGrid(builder, std::get<WorldGrid>(grid), plan.getLoc());
    cost::Job job = describeJob(model, std::get<WorldGrid>(grid));
    // A function below is one stage, and a rank runs one function.
    if (job.degrees.schedule == cost::PipelineSchedule::DualPipe)
      return emitError(model.degrees.scheduleWhere)
             << "schedule 'dualpipe' puts two stages on every rank, which sums "
                "gradients with the rank at the other end of the pipeline, "
                "too; a launch has one stage a rank and groups along axes, so "
                "this "
                "plan can be checked and estimated, not compiled";
    PlanDecisions decisions(plan);
    for (const DecidedStage &stage : decisions.pipeline->stages)
      job.stages.push_back(stageShapeOf(stage));
    describePlacements(model, decisions, RecordedLoads(model, decisions), job);
    GridAxes axes(std::get<WorldGrid>(grid));
    StageContext context{model, std::get<WorldGrid>(grid), axes, job,
                         kGrid, paddedTokens(model, job),  {}};
    if (failed(collectPlacements(plan, context)))
      return failure();
    auto stages = llvm::to_vector(pipeline.getBody().getOps<StageOp>());
    for (StageOp stage : stages) {
      StageBuilder stageBuilder(context, builder, stage, stages.size());
      stageBuilder.build();
      numCollectives += stageBuilder.getNumCollectives();
      ++numStages;
    }
    return success();
  }

  void writeGrid(OpBuilder &builder, const WorldGrid &grid, Location loc) {
    auto world = FlatSymbolRefAttr::get(&getContext(), kGrid);
    auto writeView = [&](StringRef name, const AxisDims &dims) {
      ViewOp::create(builder, loc, builder.getStringAttr(name), world,
                     toAttr(&getContext(), dims));
    };
    shard::GridOp::create(builder, loc, kGrid, grid.shape);
    if (grid.all)
      writeView("all", *grid.all);
    writeView("attention", grid.attention);
    writeView("expert", grid.expert);
  }

  LogicalResult collectPlacements(PlanOp plan, StageContext &context) {
    for (auto placement : plan.getBody().getOps<PlacementOp>()) {
      StringRef layers = placement.getLayers().getLeafReference();
      context.placements[layers] = SymbolRefAttr::get(
          plan.getSymNameAttr(), {FlatSymbolRefAttr::get(placement)});
    }
    for (const LayerRun &run : context.plan.model.runs)
      if (run.sparse && !context.placements.contains(run.name))
        return emitError(run.where)
               << "the experts of layers " << run.begin << " to " << run.end
               << " have no placement"
               << (run.experts ? "; run --moe-place-experts first"
                               : ": the plan does not say how many there are");
    return success();
  }
};
} // namespace
