//===- CostJob.cpp - A plan as input of the cost model --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/CostJob.h"

#include "moe/Analysis/CostDefaults.h"
#include "moe/Analysis/ExpertSlots.h"
#include "moe/Analysis/GridAxes.h"
#include "moe/Analysis/StageDerivation.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// Model
//===----------------------------------------------------------------------===//

/// Share of the experts that the rank with most of them holds over the mean, in
/// thousandths: where the experts do not divide over the ranks, some hold one
/// more.
static int64_t fullestPermille(const PlanModel &plan, const LayerRun &run,
                               std::optional<int64_t> slots) {
  bool dealtOut = !plan.distribution.slotsPerRank;
  if (!dealtOut || !slots || !run.experts || !plan.degrees.ep)
    return 1000;
  cost::Count permille =
      cost::Count(*slots) * *plan.degrees.ep * 1000 / *run.experts;
  return std::max<int64_t>(permille.valueOr(1000), 1000);
}

/// What the busiest rank has where no load was recorded.
static cost::LoadSkew assumedSkew(const PlanModel &plan, const LayerRun &run,
                                  std::optional<int64_t> slots) {
  int64_t fullest = fullestPermille(plan, run, slots);
  bool natural = plan.workload.routing == RoutingKind::Natural &&
                 !plan.workload.capacityPermille;
  // A single rank sees every token, whoever chooses.
  bool alone = plan.degrees.ep && *plan.degrees.ep == 1;
  if (!natural || alone)
    return cost::LoadSkew::everywhere(fullest);
  cost::LoadSkew skew = cost::LoadSkew::natural(
      plan.workload.isTraining() ? cost::Phase::Train : cost::Phase::Decode);
  for (int64_t *permille : {&skew.mean, &skew.worst})
    *permille = (cost::Count(fullest) * *permille / 1000).valueOr(fullest);
  return skew;
}

std::optional<int64_t> moe::headDimOf(const ModelFigures &model,
                                      const LayerRun &run) {
  bool divides = model.hidden && run.heads && *run.heads > 0 &&
                 *model.hidden % *run.heads == 0;
  if (run.headDim || run.isLatentAttention() || !divides)
    return run.headDim;
  return *model.hidden / *run.heads;
}

static cost::QueryKeyNorm normOf(std::optional<QkNorm> from) {
  if (!from)
    return cost::QueryKeyNorm::None;
  return *from == QkNorm::PerHead ? cost::QueryKeyNorm::PerHead
                                  : cost::QueryKeyNorm::PerLayer;
}

/// Groups of experts a token may visit; 0 where it may visit all of them, as
/// with the single group that many configurations state.
static int64_t routerLimit(const LayerRun &run) {
  if (!run.routerTopGroups ||
      *run.routerTopGroups >= run.routerGroups.value_or(1))
    return 0;
  return *run.routerTopGroups;
}

static cost::LayerShape shapeOf(const PlanModel &plan, const LayerRun &run) {
  cost::LayerShape layer;
  layer.begin = run.begin;
  layer.end = run.end;
  layer.sparse = run.sparse;
  layer.latentAttention = run.isLatentAttention();
  layer.heads = run.heads;
  layer.kvHeads = run.kvHeads;
  layer.headDim = headDimOf(plan.model, run);
  layer.qLoraRank = run.qLoraRank.value_or(0);
  layer.kvLoraRank = run.kvLoraRank;
  layer.qkNopeDim = run.qkNopeDim;
  layer.qkRopeDim = run.qkRopeDim;
  layer.vHeadDim = run.vHeadDim;
  layer.window = run.slidingWindow.value_or(0);
  layer.queryKeyNorm = normOf(run.qkNorm);
  layer.ffnWidth = run.ffnWidth;
  layer.experts = run.experts;
  layer.topK = run.topK;
  layer.expertWidth = run.expertWidth;
  if (run.sharedExperts > 0)
    layer.sharedWidth = run.sharedWidth;
  layer.routerTopGroups = routerLimit(run);
  std::optional<int64_t> slots = slotsPerRank(plan, run);
  layer.slotsPerRank = slots;
  layer.skew = assumedSkew(plan, run, slots);
  return layer;
}

static cost::ModelShape shapeOf(const PlanModel &plan) {
  const ModelFigures &model = plan.model;
  cost::ModelShape shape;
  shape.hidden = model.hidden.value;
  shape.vocab = model.vocab.value;
  if (model.gated)
    shape.matrices = *model.gated ? 3 : 2;
  shape.tiedEmbeddings = model.tiedEmbeddings.value_or(false);
  shape.clampedGates = shape.biases = model.type == "gpt_oss";
  if (plan.framework == Framework::Megatron)
    shape.vocabMultiple = cost::megatronVocabMultiple;
  for (const LayerRun &run : model.runs)
    shape.runs.push_back(shapeOf(plan, run));
  return shape;
}

//===----------------------------------------------------------------------===//
// Machine and groups
//===----------------------------------------------------------------------===//

static cost::Machine describeSection(const ClusterFigures &cluster) {
  auto number = [](const std::optional<Quantity> &quantity) {
    return quantity ? quantity->toSI() : 0;
  };
  cost::Machine machine;
  machine.gpu = cluster.gpu;
  machine.memoryBytes =
      number(cluster.usableMemory ? cluster.usableMemory : cluster.gpuMemory);
  machine.memoryBandwidth = number(cluster.memoryBandwidth);
  machine.peakBf16 = number(cluster.peakBf16);
  machine.peakFp8 = number(cluster.peakFp8);
  machine.peakFp4 = number(cluster.peakFp4);
  machine.nvlink = number(cluster.intraNode);
  machine.network = number(cluster.interNode);
  machine.hostLink = number(cluster.hostLink);
  auto ranks = [](const Figure &figure) { return figure ? *figure : 1; };
  machine.nvlinkDomain =
      cost::alignedDomain(ranks(cluster.nvlinkDomain),
                          ranks(cluster.gpusPerNode), ranks(cluster.worldSize));
  if (cluster.gpusPerNode)
    machine.gpusPerNode = *cluster.gpusPerNode;
  return machine;
}

static cost::PipelineSchedule scheduleOf(const Degrees &degrees) {
  switch (degrees.schedule.value_or(Schedule::OneFOneB)) {
  case Schedule::Sequential:
  case Schedule::OneFOneB:
  case Schedule::Interleaved:
    return cost::PipelineSchedule::OneFOneB;
  case Schedule::ZeroBubble:
    return cost::PipelineSchedule::ZeroBubble;
  case Schedule::DualPipe:
    return cost::PipelineSchedule::DualPipe;
  }
  llvm_unreachable("unknown schedule");
}

/// Ranks that differ in `dims`, and how many of them share a domain of
/// `domain` neighbouring ranks.
static cost::Group groupOf(ArrayRef<int64_t> shape, ArrayRef<int16_t> dims,
                           int64_t domain) {
  cost::Group group;
  int64_t stride = 1;
  for (size_t dim = shape.size(); dim-- > 0;) {
    if (llvm::is_contained(dims, static_cast<int16_t>(dim))) {
      group.size *= shape[dim];
      int64_t near = std::max<int64_t>(domain / stride, 1);
      group.local *= std::min(shape[dim], near);
    }
    stride *= shape[dim];
  }
  return group;
}

static void describeGroups(const WorldGrid &grid, int64_t domain,
                           cost::Degrees &degrees) {
  using cost::Axis;
  GridAxes axes(grid);
  for (unsigned index = 0; index < cost::numAxes; ++index) {
    ArrayRef<int16_t> dims = axes.dims(static_cast<Axis>(index));
    degrees.groups[index] = groupOf(grid.shape, dims, domain);
    degrees.sameRanks[index] = *axes.find(dims);
  }
  auto size = [&](Axis axis) { return degrees.group(axis).size; };
  degrees.tp = size(Axis::Tensor);
  degrees.cp = size(Axis::Context);
  degrees.pp = size(Axis::Pipeline);
  degrees.dp = size(Axis::Data) / degrees.cp;
  degrees.ep = size(Axis::Expert);
  degrees.etp = size(Axis::ExpertTensor);
  degrees.edp = size(Axis::ExpertData);
}

//===----------------------------------------------------------------------===//
// Jobs
//===----------------------------------------------------------------------===//

cost::Job moe::describeJob(const PlanModel &plan, const WorldGrid &grid) {
  cost::Job job;
  job.model = shapeOf(plan);
  job.workload = costWorkloadOf(plan.workload);
  applyCostDefaults(plan, job.workload);
  job.machine = describeSection(plan.cluster);
  describeGroups(grid, job.machine.nvlinkDomain, job.degrees);
  // Serving has no backward passes to put in order.
  if (job.isTraining())
    job.degrees.schedule = scheduleOf(plan.degrees);
  cost::joinMirroredGroups(job.degrees);
  return job;
}

static int64_t ranksOf(const MeshAxes &mesh) {
  return countRanks(mesh.sizes).value_or(0);
}

static std::optional<WorldGrid> gridOf(const PlanModel &plan,
                                       std::string &error) {
  if (!plan.degrees.etp) {
    error = "the degrees of parallelism are not known";
    return std::nullopt;
  }
  auto meshes = deriveMeshes(plan.degrees);
  if (auto *problem = std::get_if<std::string>(&meshes)) {
    error = *problem;
    return std::nullopt;
  }
  const auto &derived = std::get<DerivedMeshes>(meshes);
  int64_t ranks = ranksOf(derived.attention);
  if (ranks == 0 ||
      (plan.cluster.worldSize && ranks != *plan.cluster.worldSize) ||
      (derived.expert && ranksOf(*derived.expert) != ranks)) {
    error = "the degrees of parallelism do not multiply to the ranks of the "
            "job";
    return std::nullopt;
  }
  auto grid = deriveWorldGrid(derived, *plan.degrees.etp);
  if (std::holds_alternative<NoRefinement>(grid)) {
    error = "the groups of attention and experts overlap without nesting";
    return std::nullopt;
  }
  return std::get<WorldGrid>(grid);
}

cost::StageShape moe::stageShapeOf(const DecidedStage &stage) {
  cost::StageShape shape;
  shape.chunks.assign(stage.layers.begin(), stage.layers.end());
  shape.embedding = stage.embedding;
  shape.output = stage.output;
  shape.mtpLayers = stage.mtpLayers;
  return shape;
}

std::optional<cost::Job> moe::makeCostJob(const PlanModel &plan,
                                          const PlanDecisions &decisions,
                                          std::string &error) {
  return makeCostJob(plan, decisions, RecordedLoads(plan, decisions), error);
}

std::optional<cost::Job> moe::makeCostJob(const PlanModel &plan,
                                          const PlanDecisions &decisions,
                                          const RecordedLoads &loads,
                                          std::string &error) {
  std::optional<WorldGrid> grid = gridOf(plan, error);
  if (!grid)
    return std::nullopt;
  std::optional<std::vector<DecidedStage>> stages;
  if (decisions.pipeline)
    stages = decisions.pipeline->stages;
  else
    stages = deriveStages(plan, error);
  if (!stages)
    return std::nullopt;
  cost::Job job = describeJob(plan, *grid);
  describePlacements(plan, decisions, loads, job);
  for (const DecidedStage &stage : *stages)
    job.stages.push_back(stageShapeOf(stage));
  if (!job.stages.empty())
    job.degrees.vpp = static_cast<int64_t>(job.stages.front().chunks.size());
  return job;
}
