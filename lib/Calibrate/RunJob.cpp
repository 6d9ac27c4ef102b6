//===- RunJob.cpp - Measured runs as input of the cost model --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Calibrate/RunJob.h"

#include "moe/Cost/Estimate.h"
#include "moe/Model/StageLayout.h"
#include "moe/Wording/Wording.h"

using namespace mlir::moe;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Workload
//===----------------------------------------------------------------------===//

cost::NumberFormat mlir::moe::publishedFormat(StringRef precision) {
  if (precision.contains("NVFP4"))
    return cost::NumberFormat::NVFP4;
  if (precision.contains("MX"))
    return cost::NumberFormat::MXFP8;
  return precision.contains("FP8") ? cost::NumberFormat::FP8
                                   : cost::NumberFormat::BF16;
}

static cost::RecomputeSet recomputeOf(StringRef text) {
  using cost::RecomputeModule;
  static constexpr std::pair<StringRef, RecomputeModule> words[] = {
      {"core_attn", RecomputeModule::CoreAttention},
      {"mla", RecomputeModule::MlaUpProjection},
      {"layernorm", RecomputeModule::LayerNorm},
      {"rmsnorm", RecomputeModule::LayerNorm},
      {"moe_act", RecomputeModule::MoEActivation},
      {"swiglu", RecomputeModule::MoEActivation},
      {"mlp", RecomputeModule::FeedForward},
      {"shared_experts", RecomputeModule::SharedExperts},
      {"full", RecomputeModule::FullLayer}};
  cost::RecomputeSet result;
  std::string lower = text.lower();
  llvm::SmallVector<StringRef, 4> parts;
  StringRef(lower).split(parts, '+');
  for (StringRef part : parts) {
    if (part == "moe")
      result.insert(RecomputeModule::MoE);
    for (auto [word, module] : words)
      if (part.starts_with(word))
        result.insert(module);
  }
  return result;
}

cost::TokenDispatcher mlir::moe::publishedDispatcher(StringRef text) {
  if (text.contains_insensitive("hybridep"))
    return cost::TokenDispatcher::HybridEP;
  if (text.contains_insensitive("deepep"))
    return cost::TokenDispatcher::DeepEP;
  return cost::TokenDispatcher::AllToAll;
}

static cost::GraphScope graphsOf(StringRef text) {
  if (text.starts_with("full"))
    return cost::GraphScope::Step;
  return text == "none" ? cost::GraphScope::None : cost::GraphScope::Parts;
}

/// Whether a run drops what exceeds the capacity of an expert.
static bool dropsTokens(StringRef routing) {
  return routing.contains("drop,") || routing.contains("tokendrop") ||
         routing.contains("capacity 1 ") || routing.contains("capacity factor");
}

static cost::Workload workloadOf(const MeasuredRun &run) {
  cost::Workload workload;
  workload.sequenceLength = run.sequenceLength;
  workload.microBatch = run.microBatch;
  workload.globalBatch = run.globalBatch;
  workload.precision = publishedFormat(run.precision);
  if (run.gradientFormat == "bf16")
    workload.gradients = cost::NumberFormat::BF16;
  if (StringRef(run.optimizerFormat).contains("bf16 moments"))
    workload.moments = cost::NumberFormat::BF16;
  workload.sharding = run.fullySharded ? cost::StateSharding::FullyShared
                                       : cost::StateSharding::Distributed;
  workload.recompute = recomputeOf(run.recompute);
  workload.dispatcher = publishedDispatcher(run.dispatcher);
  workload.expertOverlap = run.expertOverlap.value_or(false);
  workload.tensorOverlap = run.tensorOverlap.value_or(false);
  workload.graphs = graphsOf(run.cudaGraph);
  if (StringRef(run.source).contains("SimuMax"))
    workload.contextExchange = cost::ContextExchange::AllToAll;
  workload.fusedLoss = StringRef(run.id).ends_with("_cef");
  if (dropsTokens(run.routing))
    workload.capacityPermille = 1000;
  workload.softwareMonth = releaseMonth(run.release);
  return workload;
}

//===----------------------------------------------------------------------===//
// Machine and degrees
//===----------------------------------------------------------------------===//

cost::Machine mlir::moe::machineOf(const GpuPreset &preset, int64_t ranks) {
  auto number = [](const std::optional<SourcedQuantity> &figure) {
    return figure ? figure->value.toSI() : 0;
  };
  cost::Machine machine;
  machine.gpu = preset.name;
  machine.memoryBytes = number(preset.usableMemory);
  machine.memoryBandwidth = number(preset.memoryBandwidth);
  machine.peakBf16 = number(preset.bf16Peak);
  machine.peakFp8 = number(preset.fp8Peak);
  machine.peakFp4 = number(preset.fp4Peak);
  machine.nvlink = number(preset.nvlink);
  machine.network = number(preset.interNode);
  machine.nvlinkDomain =
      cost::alignedDomain(preset.nvlinkDomain, preset.gpusPerNode, ranks);
  machine.gpusPerNode = preset.gpusPerNode;
  return machine;
}

static void setDegrees(const MeasuredRun &run, int64_t domain,
                       cost::Degrees &degrees) {
  degrees.tp = run.tp;
  degrees.cp = run.cp;
  degrees.pp = run.pp;
  degrees.vpp = run.vpp;
  degrees.ep = run.ep;
  degrees.etp = run.etp;
  degrees.dp = run.numGpus / (run.tp * run.cp * run.pp);
  degrees.edp = run.numGpus / (run.etp * run.ep * run.pp);
  cost::placeGroups(degrees, domain);
}

/// Why the degrees of a row do not fit together; empty if they do.
static std::string explainDegrees(const MeasuredRun &run) {
  if (run.numGpus < 1 || run.globalBatch < 1 || run.sequenceLength < 1)
    return "it does not say how many GPUs, sequences or tokens";
  if (run.numGpus % (run.tp * run.cp * run.pp) != 0)
    return "tp x cp x pp does not divide the GPUs";
  if (run.numGpus % (run.etp * run.ep * run.pp) != 0)
    return "etp x ep x pp does not divide the GPUs";
  return "";
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

static std::optional<std::vector<cost::StageShape>>
stagesOf(const MeasuredRun &run, const MeasuredModel &model,
         std::string &reason) {
  if (run.layout.empty())
    return defaultStages(model, run.pp, run.vpp);
  std::optional<StageLayout> layout = StageLayout::parse(run.layout, reason);
  if (!layout)
    return std::nullopt;
  if (layout->count(LayerKind::Decoder) != model.layers ||
      layout->numChunks() != run.pp * run.vpp) {
    reason = "its layout does not have the layers of the model or the chunks "
             "of the pipeline";
    return std::nullopt;
  }
  std::vector<cost::StageShape> stages;
  for (const LayoutStage &stage : layout->stages(run.pp))
    stages.push_back({{stage.layers.begin(), stage.layers.end()},
                      stage.embedding,
                      stage.output,
                      stage.mtpLayers});
  return stages;
}

//===----------------------------------------------------------------------===//
// The run
//===----------------------------------------------------------------------===//

/// Seconds of a step; 0 where the row measures nothing.
static double measuredSeconds(const MeasuredRun &run, const cost::Job &job) {
  if (run.stepSeconds > 0)
    return run.stepSeconds;
  double tokens = static_cast<double>(run.globalBatch) *
                  static_cast<double>(run.sequenceLength) /
                  static_cast<double>(run.numGpus);
  if (run.tokensPerSecondPerGpu > 0)
    return tokens / run.tokensPerSecondPerGpu;
  // The FLOP convention of Megatron-LM, forward and backward.
  cost::Estimate model;
  cost::countModel(job, model);
  double flops = 3 * static_cast<double>(*model.forwardFlopsPerToken) * tokens;
  if (run.teraflopsPerGpu > 0)
    return flops / (run.teraflopsPerGpu * 1e12);
  if (run.utilisationPercent > 0)
    return flops / (run.utilisationPercent / 100 * job.machine.peakBf16);
  return 0;
}

static void placeExperts(const MeasuredRun &run, cost::ModelShape &model) {
  StringRef routing = run.routing;
  bool natural = !routing.contains("force-balanced") && !dropsTokens(routing);
  for (cost::LayerShape &layer : model.runs) {
    layer.slotsPerRank = layer.experts / run.ep;
    if (natural)
      layer.skew = cost::LoadSkew::natural(cost::Phase::Train);
  }
}

std::optional<RunJob> mlir::moe::makeRunJob(const MeasuredRun &row,
                                            const ModelTable &models,
                                            std::string &reason) {
  if (row.hybrid || row.tp == 0) {
    reason = row.hybrid ? "no shape describes its model"
                        : "it does not state the degrees of parallelism";
    return std::nullopt;
  }
  std::optional<MeasuredModel> model = models.find(row.model);
  std::optional<GpuPreset> preset = lookupGpuPreset(row.gpu, reason);
  if (!preset)
    return std::nullopt;
  if (!model) {
    reason = "the model " + quoted(row.model) + " is not in the table";
    return std::nullopt;
  }
  cost::Machine machine = machineOf(*preset, row.numGpus);
  if (row.isServing())
    return makeServingJob(row, *model, machine, reason);
  if (StringRef(row.notes).contains("w/o MTP"))
    model->mtpLayers = 0;
  MeasuredRun run = row;
  applyRecipeDefaults(run, *model);
  reason = explainDegrees(run);
  if (!reason.empty())
    return std::nullopt;
  auto stages = stagesOf(run, *model, reason);
  if (!stages)
    return std::nullopt;
  RunJob result;
  cost::Job &job = result.job;
  job.model = model->shape;
  job.model.vocabMultiple = cost::megatronVocabMultiple;
  placeExperts(run, job.model);
  job.workload = workloadOf(run);
  job.machine = machine;
  setDegrees(run, job.machine.nvlinkDomain, job.degrees);
  job.stages.assign(stages->begin(), stages->end());
  result.stepSeconds = measuredSeconds(run, job);
  return result;
}
