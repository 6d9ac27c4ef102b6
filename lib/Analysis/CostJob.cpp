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
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// Model and workload
//===----------------------------------------------------------------------===//

static cost::NumberFormat formatOf(Precision precision) {
  switch (precision) {
  case Precision::FP32:
    return cost::NumberFormat::FP32;
  case Precision::FP16:
    return cost::NumberFormat::FP16;
  case Precision::BF16:
    return cost::NumberFormat::BF16;
  case Precision::FP8:
    return cost::NumberFormat::FP8;
  case Precision::MXFP8:
    return cost::NumberFormat::MXFP8;
  case Precision::NVFP4:
    return cost::NumberFormat::NVFP4;
  }
  llvm_unreachable("unknown precision");
}

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

static std::optional<cost::RecomputeModule> moduleOf(StringRef name) {
  using cost::RecomputeModule;
  return llvm::StringSwitch<std::optional<RecomputeModule>>(name)
      .Case("core_attn", RecomputeModule::CoreAttention)
      .Case("mla_up_proj", RecomputeModule::MlaUpProjection)
      .Case("layernorm", RecomputeModule::LayerNorm)
      .Case("moe_act", RecomputeModule::MoEActivation)
      .Case("mlp", RecomputeModule::FeedForward)
      .Case("moe", RecomputeModule::MoE)
      .Case("shared_experts", RecomputeModule::SharedExperts)
      .Case("full", RecomputeModule::FullLayer)
      .Default(std::nullopt);
}

/// Adam keeps two moments, SGD its momentum, Lion one (arXiv 2302.06675). Muon
/// keeps one of matrices and leaves the embedding and the output head to Adam
/// (arXiv 2502.16982); so it does the vectors of norms, less than a
/// ten-thousandth of a model, which count as matrices here.
static void describeMoments(StringRef optimizer, cost::Workload &to) {
  bool one = optimizer == "sgd" || optimizer == "lion";
  to.layerMoments = one || optimizer == "muon" ? 1 : 2;
  to.endMoments = one ? 1 : 2;
}

static void describeStates(const WorkloadFigures &from, cost::Workload &to) {
  describeMoments(from.optimizerName, to);
  auto format = [](std::optional<Precision> precision) {
    return formatOf(precision.value_or(Precision::FP32));
  };
  to.gradients = format(from.gradients);
  to.master = format(from.master);
  to.moments = format(from.moments);
  switch (from.sharding.value_or(StateSharding::None)) {
  case StateSharding::None:
    to.sharding = cost::StateSharding::None;
    break;
  case StateSharding::Distributed:
    to.sharding = cost::StateSharding::Distributed;
    break;
  case StateSharding::FSDP:
    to.sharding = cost::StateSharding::FullyShared;
    break;
  }
}

static cost::TokenDispatcher dispatcherOf(std::optional<Dispatcher> from) {
  switch (from.value_or(Dispatcher::AllToAll)) {
  case Dispatcher::AllToAll:
    return cost::TokenDispatcher::AllToAll;
  case Dispatcher::AllGather:
    return cost::TokenDispatcher::AllGather;
  case Dispatcher::DeepEP:
    return cost::TokenDispatcher::DeepEP;
  case Dispatcher::HybridEP:
    return cost::TokenDispatcher::HybridEP;
  }
  llvm_unreachable("unknown dispatcher");
}

static cost::ContextExchange exchangeOf(std::optional<ContextExchange> from) {
  switch (from.value_or(ContextExchange::PeerToPeer)) {
  case ContextExchange::PeerToPeer:
    return cost::ContextExchange::Ring;
  case ContextExchange::AllGather:
    return cost::ContextExchange::AllGather;
  case ContextExchange::AllToAll:
    return cost::ContextExchange::AllToAll;
  }
  llvm_unreachable("unknown exchange");
}

cost::Workload moe::costWorkloadOf(const WorkloadFigures &from) {
  cost::Workload to;
  switch (from.mode.value_or(Mode::Train)) {
  case Mode::Train:
    to.phase = cost::Phase::Train;
    break;
  case Mode::Prefill:
    to.phase = cost::Phase::Prefill;
    break;
  case Mode::Decode:
    to.phase = cost::Phase::Decode;
    break;
  }
  to.sequenceLength = from.sequenceLength.value;
  to.contextLength = from.contextLength.value;
  to.microBatch = from.microBatch.value;
  to.globalBatch = from.globalBatch.value;
  to.batch = from.batch.value;
  to.precision = formatOf(from.precision);
  describeStates(from, to);
  for (const std::string &name : from.recompute)
    if (std::optional<cost::RecomputeModule> module = moduleOf(name))
      to.recompute.insert(*module);
  to.dispatcher = dispatcherOf(from.dispatcher);
  to.expertOverlap = from.expertOverlap.value_or(false);
  to.tensorOverlap = from.tensorOverlap.value_or(false);
  to.contextExchange = exchangeOf(from.contextExchange);
  to.fusedLoss = from.fusedLoss.value_or(false);
  if (from.cudaGraph)
    to.graphs =
        from.stepGraph ? cost::GraphScope::Step : cost::GraphScope::Parts;
  to.capacityPermille = from.capacityPermille;
  to.softwareMonth = from.softwareMonth;
  return to;
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
  auto ranks = [](const Figure &figure) { return figure ? *figure : 1; };
  machine.nvlinkDomain =
      cost::alignedDomain(ranks(cluster.nvlinkDomain),
                          ranks(cluster.gpusPerNode), ranks(cluster.worldSize));
  if (cluster.gpusPerNode)
    machine.gpusPerNode = *cluster.gpusPerNode;
  return machine;
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
