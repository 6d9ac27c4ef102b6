//===- PlanModel.cpp - A plan as plain figures ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/PlanModel.h"

#include "OptionalNumber.h"

#include "moe/Hardware/GpuPreset.h"
#include "moe/IR/FieldLocation.h"
#include "moe/IR/WorkloadWords.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::moe;

std::optional<int64_t>
moe::product(std::initializer_list<const Figure *> factors) {
  int64_t result = 1;
  for (const Figure *factor : factors)
    if (!*factor || llvm::MulOverflow(result, **factor, result))
      return std::nullopt;
  return result;
}

StringRef moe::displayName(Framework framework) {
  switch (framework) {
  case Framework::Megatron:
    return "Megatron-Core";
  case Framework::DeepSpeed:
    return "DeepSpeed";
  case Framework::TorchTitan:
    return "torchtitan";
  case Framework::VLLM:
    return "vLLM";
  case Framework::SGLang:
    return "SGLang";
  case Framework::TensorRTLLM:
    return "TensorRT-LLM";
  }
  llvm_unreachable("unknown framework");
}

const LayerRun *ModelFigures::firstSparse() const {
  for (const LayerRun &run : runs)
    if (run.sparse)
      return &run;
  return nullptr;
}

/// Takes over a stated number and the position of its key.
static void state(Figure &figure, Operation *op, std::optional<int64_t> value,
                  StringRef key = "") {
  figure.where = fieldLoc(op, key.empty() ? StringRef(figure.name) : key);
  if (value)
    figure.set(*value, Origin::Stated, "stated");
}

//===----------------------------------------------------------------------===//
// Sections
//===----------------------------------------------------------------------===//

static void readCluster(ClusterFigures &cluster, ClusterOp op) {
  cluster.gpu = op.getGpu().value_or("").str();
  state(cluster.nodes, op, op.getNodes());
  state(cluster.gpusPerNode, op, op.getGpusPerNode());
  state(cluster.worldSize, op, op.getWorldSize());
  state(cluster.nvlinkDomain, op, op.getNvlinkDomain());
  auto quantity = [](std::optional<QuantityAttr> attr) {
    return attr ? std::optional<Quantity>(attr->getQuantity()) : std::nullopt;
  };
  cluster.gpuMemory = quantity(op.getGpuMemory());
  cluster.peakBf16 = quantity(op.getPeakBf16());
  cluster.peakFp8 = quantity(op.getPeakFp8());
  cluster.memoryBandwidth = quantity(op.getMemoryBandwidth());
  cluster.intraNode = quantity(op.getIntraNode());
  cluster.interNode = quantity(op.getInterNode());
  cluster.hostLink = quantity(op.getHostLink());
  cluster.source = op.getSource().value_or("").str();
  cluster.sourceWhere = fieldLoc(op, "source");
  cluster.gpuWhere = fieldLoc(op, "gpu");
  cluster.peakBf16Where = fieldLoc(op, "peak_bf16");
  cluster.peakFp8Where = fieldLoc(op, "peak_fp8");
  cluster.gpus.where = cluster.nodes.where;
}

/// Figures of the GPU that the plan leaves to its preset. Plans name GPUs of
/// their own too; these have none.
static void applyPreset(ClusterFigures &cluster) {
  std::string error;
  std::optional<GpuPreset> preset = lookupGpuPreset(cluster.gpu, error);
  if (!preset)
    return;
  auto fill = [&](Figure &figure, int64_t value) {
    if (!figure)
      figure.set(value, Origin::Preset,
                 cluster.gpu + ": " + preset->systemSource.str());
  };
  fill(cluster.gpusPerNode, preset->gpusPerNode);
  fill(cluster.nvlinkDomain, preset->nvlinkDomain);
  auto fillQuantity = [](std::optional<Quantity> &quantity,
                         const std::optional<SourcedQuantity> &sourced) {
    if (!quantity && sourced)
      quantity = sourced->value;
  };
  // A plan that repeats the data sheet means this GPU, not a smaller one.
  if (!cluster.gpuMemory ||
      cluster.gpuMemory->compare(preset->memory.value) == 0)
    cluster.usableMemory = preset->usableMemory.value;
  fillQuantity(cluster.gpuMemory, preset->memory);
  fillQuantity(cluster.peakBf16, preset->bf16Peak);
  fillQuantity(cluster.peakFp8, preset->fp8Peak);
  fillQuantity(cluster.memoryBandwidth, preset->memoryBandwidth);
  fillQuantity(cluster.peakFp4, preset->fp4Peak);
  fillQuantity(cluster.intraNode, preset->nvlink);
  fillQuantity(cluster.interNode, preset->interNode);
}

/// Derives the number of GPUs and ranks from what is there.
static void resolveCluster(ClusterFigures &cluster) {
  if (std::optional<int64_t> gpus =
          product({&cluster.nodes, &cluster.gpusPerNode}))
    cluster.gpus.set(*gpus, Origin::Derived,
                     "derived: " + llvm::utostr(*cluster.nodes) + " nodes x " +
                         llvm::utostr(*cluster.gpusPerNode) + " GPUs");
  else if (cluster.worldSize)
    cluster.gpus.set(*cluster.worldSize, Origin::Derived,
                     "derived: world_size");
  if (!cluster.worldSize && cluster.gpus)
    cluster.worldSize.set(*cluster.gpus, Origin::Derived, cluster.gpus.source);
}

static LayerRun readRun(LayersOp op) {
  LayerRun run(op.getLoc());
  run.name = op.getSymName().str();
  run.begin = op.getBegin();
  run.end = op.getEnd();
  if (auto attention = op.getBlock<AttentionOp>()) {
    run.heads = toSigned(attention.getHeads());
    run.kvHeads = toSigned(attention.getKvHeads());
    run.headDim = toSigned(attention.getHeadSize());
    run.qLoraRank = toSigned(attention.getQLoraRank());
    run.kvLoraRank = toSigned(attention.getKvLoraRank());
    run.qkNopeDim = toSigned(attention.getQkNopeHeadDim());
    run.qkRopeDim = toSigned(attention.getQkRopeHeadDim());
    run.vHeadDim = toSigned(attention.getVHeadDim());
    run.slidingWindow = toSigned(attention.getSlidingWindow());
    run.qkNorm = attention.getQkNorm();
  }
  if (auto ffn = op.getBlock<FfnOp>())
    run.ffnWidth = toSigned(ffn.getWidth());
  if (auto experts = op.getBlock<ExpertsOp>()) {
    run.sparse = true;
    run.experts = toSigned(experts.getCount());
    run.topK = toSigned(experts.getTopK());
    run.expertWidth = toSigned(experts.getWidth());
    run.sharedExperts = experts.getShared().value_or(0);
    run.sharedWidth = toSigned(experts.getSharedWidth());
  }
  if (auto router = op.getBlock<RouterOp>()) {
    run.routerGroups = toSigned(router.getGroups());
    run.routerTopGroups = toSigned(router.getTopGroups());
  }
  return run;
}

static void readModel(ModelFigures &model, ModelOp op) {
  model.type = op.getType().value_or("").str();
  state(model.hidden, op, op.getHidden());
  state(model.vocab, op, op.getVocab());
  state(model.layers, op, op.getLayers());
  model.mtpLayers = op.getMtpLayers().value_or(0);
  model.gated = op.getGated();
  model.tiedEmbeddings = op.getTiedEmbeddings();
  if (std::optional<ArrayRef<int64_t>> block = op.getQuantizationBlock())
    model.quantizationBlock.assign(block->begin(), block->end());
  for (auto run : op.getBody().getOps<LayersOp>())
    model.runs.push_back(readRun(run));
  if (ArrayAttr assumed = op.getAssumedAttr())
    for (auto name : assumed.getAsRange<StringAttr>())
      model.assumed.push_back(name.str());
  if (ArrayAttr parts = op.getNotDescribedAttr())
    for (auto part : parts.getAsRange<StringAttr>())
      model.notDescribed.push_back(part.str());
}

/// "2026-08" ~> 2026 x 12 + 8; 0 when it is not of that form.
static int64_t monthOf(StringRef software) {
  int64_t year, month;
  auto [yearText, monthText] = software.split('-');
  if (yearText.getAsInteger(10, year) || monthText.getAsInteger(10, month))
    return 0;
  return year * 12 + month;
}

/// Thousandths, at least one and no more than can be counted with.
static int64_t permilleOf(const Quantity &factor) {
  return static_cast<int64_t>(
      std::clamp(factor.toSI() * 1000 + 0.5, 1.0, 1e15));
}

static void readRecompute(WorkloadFigures &workload, WorkloadOp op) {
  workload.recomputeWhere = fieldLoc(op, "recompute");
  std::optional<ArrayAttr> modules = op.getRecompute();
  workload.recomputeStated = modules.has_value();
  if (!modules)
    return;
  for (auto name : modules->getAsRange<StringAttr>())
    if (name.getValue() != "none")
      workload.recompute.push_back(name.str());
}

static void readOptimizer(WorkloadFigures &workload, WorkloadOp op) {
  std::optional<OptimizerAttr> optimizer = op.getOptimizer();
  if (!optimizer)
    return;
  workload.optimizer = fieldLoc(op, "optimizer");
  if (StringAttr name = optimizer->getName())
    workload.optimizerName = name.str();
  workload.sharding = optimizer->getSharding();
  workload.gradients = optimizer->getGradients();
  workload.master = optimizer->getMaster();
  workload.moments = optimizer->getMoments();
  if (QuantityAttr offload = optimizer->getOffload())
    workload.offload = offload.getQuantity().toSI();
}

static void readWorkload(WorkloadFigures &workload, WorkloadOp op) {
  workload.mode = op.getMode();
  state(workload.sequenceLength, op, op.getSequenceLength());
  state(workload.contextLength, op, op.getContextLength());
  state(workload.microBatch, op, op.getMicroBatch());
  state(workload.globalBatch, op, op.getGlobalBatch());
  state(workload.batch, op, op.getBatch());
  state(workload.draftTokens, op, op.getDraftTokens());
  if (std::optional<QuantityAttr> acceptance = op.getAcceptance())
    workload.acceptance = acceptance->getQuantity().toSI();
  workload.kvCache = op.getKvCache();
  workload.precisionWhere = fieldLoc(op, "precision");
  workload.capacityWhere = fieldLoc(op, "capacity_factor");
  workload.precision = op.getPrecision().value_or(Precision::BF16);
  if (std::optional<QuantityAttr> factor = op.getCapacityFactor())
    workload.capacityPermille = permilleOf(factor->getQuantity());
  workload.dispatcher = op.getDispatcher();
  workload.expertOverlap = op.getEpOverlap();
  workload.tensorOverlap = op.getTpOverlap();
  workload.routing = op.getRouting();
  workload.contextExchange = op.getCpCommType();
  workload.fusedLoss = op.getFusedLoss();
  workload.cudaGraphStated = op.getCudaGraph().has_value();
  workload.cudaGraph = op.getCudaGraph() && !op.getCudaGraph()->empty();
  workload.stepGraph =
      workload.cudaGraph &&
      llvm::any_of(
          op.getCudaGraph()->getAsRange<StringAttr>(), [](StringAttr scope) {
            return llvm::is_contained(stepGraphScopes, scope.getValue());
          });
  workload.softwareMonth = monthOf(op.getSoftware().value_or(""));
  readRecompute(workload, op);
  readOptimizer(workload, op);
}

static void readDegrees(Degrees &degrees, ParallelismOp op) {
  degrees.ruleStated = op.getRule().has_value();
  degrees.rule = op.getRule().value_or(GridRule::Folded);
  state(degrees.tp, op, op.getTp());
  state(degrees.cp, op, op.getCp());
  state(degrees.pp, op, op.getPp());
  state(degrees.vpp, op, op.getVpp());
  bool dpStated =
      op.getDp() && static_cast<int64_t>(*op.getDp()) != ParallelismOp::kAuto;
  state(degrees.dp, op, dpStated ? op.getDp() : std::nullopt);
  state(degrees.ep, op, op.getEp());
  state(degrees.etp, op, op.getEtp());
  degrees.edp.where = degrees.ep.where;
  degrees.order = op.getOrder().value_or("tp-cp-ep-dp-pp").str();
  degrees.orderWhere = fieldLoc(op, "order");
  if (std::optional<StringRef> layout = op.getLayout())
    degrees.layout = layout->str();
  degrees.layoutWhere = fieldLoc(op, "layout");
  degrees.schedule = op.getSchedule();
  degrees.scheduleWhere = fieldLoc(op, "schedule");
}

static void readDistribution(DistributionFigures &distribution,
                             DistributionOp op) {
  state(distribution.slotsPerRank, op, op.getSlotsPerRank());
  distribution.dispatch = op.getDispatch().value_or(DispatchRule::Weighted);
  distribution.placement = op.getPlaced().value_or(PlacementKind::Contiguous);
}

//===----------------------------------------------------------------------===//
// Resolution of degrees
//===----------------------------------------------------------------------===//

/// The degree that completes a grid: `world` / (product of `others`). Where
/// that is not whole the degree has no value, but its source says so.
static void complete(Figure &degree, const Figure &world,
                     std::initializer_list<const Figure *> others) {
  std::optional<int64_t> rest = product(others);
  if (degree || !world || !rest)
    return;
  std::string quotient = llvm::itostr(*world) + " / (";
  llvm::interleave(
      others, [&](const Figure *figure) { quotient += llvm::itostr(**figure); },
      [&] { quotient += " x "; });
  quotient += ")";
  if (*world % *rest == 0)
    degree.set(*world / *rest, Origin::Derived, "derived: " + quotient);
  else
    degree.source = quotient + " is not whole";
}

/// Absent degrees: 1, but for expert-tensor parallelism, which follows `tp`
/// where that is what runs the plan (Megatron-Core: megatron/core/
/// parallel_state.py, initialize_model_parallel) or what the product rule says
/// (`tp` splits experts as well).
static void resolveDegrees(PlanModel &plan) {
  Degrees &degrees = plan.degrees;
  for (Figure *degree :
       {&degrees.tp, &degrees.cp, &degrees.pp, &degrees.vpp, &degrees.ep})
    if (!*degree)
      degree->set(1, Origin::Default, "default: 1");
  if (degrees.rule == GridRule::Product &&
      (!degrees.etp || *degrees.etp != *degrees.tp)) {
    if (degrees.etp)
      degrees.overruledEtp = *degrees.etp;
    degrees.etp.set(*degrees.tp, Origin::Default,
                    "product rule: tp splits the experts too");
  } else if (!degrees.etp) {
    if (plan.framework == Framework::Megatron)
      degrees.etp.set(*degrees.tp, Origin::Default,
                      "default of Megatron-Core: follows tp");
    else
      degrees.etp.set(1, Origin::Default, "default: 1");
  }
  const Figure &world = plan.cluster.worldSize;
  if (degrees.rule == GridRule::Product) {
    complete(degrees.dp, world,
             {&degrees.ep, &degrees.tp, &degrees.cp, &degrees.pp});
    return;
  }
  complete(degrees.dp, world, {&degrees.tp, &degrees.cp, &degrees.pp});
  complete(degrees.edp, world, {&degrees.etp, &degrees.ep, &degrees.pp});
}

static Location whereOf(Operation *section, PlanOp plan) {
  return sectionLoc(section ? section : plan.getOperation());
}

PlanModel::PlanModel(PlanOp plan)
    : name(plan.getSymName().str()), framework(plan.getFramework()),
      where(sectionLoc(plan)),
      cluster(whereOf(plan.getSection<ClusterOp>(), plan)),
      model(whereOf(plan.getSection<ModelOp>(), plan)),
      degrees(whereOf(plan.getSection<ParallelismOp>(), plan)),
      workload(whereOf(plan.getSection<WorkloadOp>(), plan)),
      distribution(whereOf(plan.getSection<DistributionOp>(), plan)) {
  if (auto op = plan.getSection<ClusterOp>())
    readCluster(cluster, op);
  if (auto op = plan.getSection<ModelOp>())
    readModel(model, op);
  if (auto op = plan.getSection<ParallelismOp>())
    readDegrees(degrees, op);
  else
    degrees.order = "tp-cp-ep-dp-pp";
  if (auto op = plan.getSection<WorkloadOp>())
    readWorkload(workload, op);
  if (auto op = plan.getSection<DistributionOp>())
    readDistribution(distribution, op);
  for (auto op : plan.getBody().getOps<LoadOp>())
    distribution.recorded.push_back(
        {op.getLayersAttr().getLeafReference().str(), op.getTokensAttr(),
         sectionLoc(op)});
  applyPreset(cluster);
  resolveCluster(cluster);
  resolveDegrees(*this);
}
