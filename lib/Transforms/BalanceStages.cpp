//===- BalanceStages.cpp - Stages that take equally long ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PipelineWriter.h"

#include "mlir/IR/Remarks.h"
#include "moe/Analysis/CostJob.h"
#include "moe/Analysis/StageDerivation.h"
#include "moe/Calibration/CalibrationFile.h"
#include "moe/Cost/StageSplit.h"
#include "moe/Model/StageLayout.h"
#include "moe/Transforms/Passes.h"
#include "moe/Wording/Wording.h"

using namespace mlir;

namespace mlir::moe {
#define GEN_PASS_DEF_BALANCESTAGES
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

using namespace mlir::moe;

namespace {
/// Replaces the layout of a plan by the one whose slowest stage is fastest.
struct BalanceStages : moe::impl::BalanceStagesBase<BalanceStages> {
  using BalanceStagesBase::BalanceStagesBase;

  void runOnOperation() override {
    PlanOp plan = getOperation();
    PlanModel model(plan);
    auto shape = plan.getSection<ModelOp>();
    auto mesh = plan.getSection<MeshOp>();
    if (!shape || !mesh) {
      emitError(model.where)
          << "stages need the section 'model' and a mesh; run "
             "--moe-derive-meshes first";
      return signalPassFailure();
    }
    std::string reason;
    std::optional<cost::StageSplit> split = improve(model, reason);
    if (!split) {
      remark::missed(model.degrees.layoutWhere, remarkOf(plan))
          << remark::reason("{0}", reason);
      return markAllAnalysesPreserved();
    }
    if (failed(write(plan, shape, mesh, *split)))
      return signalPassFailure();
  }

private:
  remark::RemarkOpts remarkOf(PlanOp plan) {
    return remark::RemarkOpts::name("balance-stages")
        .category("moe-balance")
        .function(plan.getSymName());
  }
  std::optional<cost::Job> jobOf(const PlanModel &model, std::string &reason);
  std::optional<cost::StageSplit> improve(const PlanModel &model,
                                          std::string &reason);
  LogicalResult write(PlanOp plan, ModelOp model, MeshOp mesh,
                      const cost::StageSplit &split);

  /// The stages as they were.
  double slowestBefore = 0, fullestBefore = 0;
};
} // namespace

/// The plan as the cost model sees it; nothing where there is no estimate.
std::optional<cost::Job> BalanceStages::jobOf(const PlanModel &model,
                                              std::string &reason) {
  std::vector<MissingFigure> missing = missingFigures(model);
  if (!missing.empty()) {
    reason = "the cost of a stage needs " +
             counted(int64_t(missing.size()), "figure") +
             " that the plan does not give, '" + missing.front().name +
             "' first";
    return std::nullopt;
  }
  return makeCostJob(model, PlanDecisions(getOperation()), reason);
}

static cost::SplitProblem problemOf(const PlanModel &model,
                                    const cost::Job &job) {
  cost::SplitProblem problem;
  for (const LayerRun &run : model.model.runs)
    problem.runs.push_back(run.begin);
  problem.layers = *model.model.layers;
  problem.mtpLayers = model.model.mtpLayers;
  problem.stages = job.degrees.pp;
  problem.chunks = job.degrees.vpp;
  problem.limitBytes = job.machine.memoryBytes;
  return problem;
}

/// A better split than that of `model`, or nothing with a reason.
std::optional<cost::StageSplit> BalanceStages::improve(const PlanModel &model,
                                                       std::string &reason) {
  std::optional<cost::Job> job = jobOf(model, reason);
  if (!job)
    return std::nullopt;
  if (job->degrees.pp == 1) {
    reason = "one stage has all layers";
    return std::nullopt;
  }
  cost::SplitProblem problem = problemOf(model, *job);
  reason = problem.check();
  if (!reason.empty())
    return std::nullopt;
  cost::Calibration calibration = CalibrationFile::builtIn().resolve(
      job->machine, job->workload.softwareMonth);
  cost::StageCosts costs(*job, calibration, problem.mtpLayers);
  for (auto [index, stage] : llvm::enumerate(job->stages)) {
    cost::StageCost found = costs(int64_t(index), stage);
    slowestBefore = std::max(slowestBefore, found.seconds);
    fullestBefore = std::max(fullestBefore, found.bytes);
  }
  std::optional<cost::StageSplit> split = splitStages(problem, costs);
  if (!split) {
    reason = "no split of the layers fits the memory of the GPUs";
    return std::nullopt;
  }
  constexpr double noGain = 1e-6;
  bool fits = fullestBefore <= problem.limitBytes;
  if (fits && split->slowest > slowestBefore * (1 - noGain)) {
    reason = "no split of the layers has a faster slowest stage";
    return std::nullopt;
  }
  return split;
}

/// In the order in which tokens pass the chunks.
static StageLayout layoutOf(const cost::StageSplit &split) {
  std::vector<LayoutChunk> chunks;
  size_t perStage = split.stages.front().chunks.size();
  for (size_t slot = 0; slot < perStage; ++slot)
    for (const cost::StageShape &stage : split.stages) {
      std::vector<LayerKind> &layers = chunks.emplace_back().layers;
      auto [begin, end] = stage.chunks[slot];
      if (slot == 0 && stage.embedding)
        layers.push_back(LayerKind::Embedding);
      layers.insert(layers.end(), end - begin, LayerKind::Decoder);
      if (slot + 1 == perStage)
        layers.insert(layers.end(), stage.mtpLayers, LayerKind::Mtp);
      if (slot + 1 == perStage && stage.output)
        layers.push_back(LayerKind::Loss);
    }
  return StageLayout(std::move(chunks));
}

LogicalResult BalanceStages::write(PlanOp plan, ModelOp model, MeshOp mesh,
                                   const cost::StageSplit &split) {
  std::string layout = layoutOf(split).str(), error;
  auto parallelism = plan.getSection<ParallelismOp>();
  if (!parallelism)
    return emitError(plan.getLoc()) << "has no section 'parallelism'";
  parallelism.setLayout(layout);
  if (auto old = plan.getSection<PipelineOp>())
    old.erase();
  // What is written down is what everybody derives from the layout.
  std::optional<std::vector<DecidedStage>> stages =
      deriveStages(PlanModel(plan), error);
  if (!stages)
    return emitError(parallelism.getLoc())
           << "cannot derive stages from " << quoted(layout) << ": " << error;
  writePipeline(model, mesh, *stages);
  numStages += stages->size();
  remark::passed(parallelism.getLoc(), remarkOf(plan))
      << remark::add("layout {0}", layout)
      << remark::metric("SlowestStageBeforeUs", int64_t(slowestBefore * 1e6))
      << remark::metric("SlowestStageUs", int64_t(split.slowest * 1e6))
      << remark::metric("FullestStageBeforeBytes", int64_t(fullestBefore))
      << remark::metric("FullestStageBytes", int64_t(split.fullest));
  return success();
}
