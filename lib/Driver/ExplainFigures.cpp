//===- ExplainFigures.cpp - Formulas of the cost model --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One row for each figure that can be asked for. docs/cost-model.md has the
// formulas with their sources.
//
//===----------------------------------------------------------------------===//

#include "ExplainCost.h"
#include "HumanUnits.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

using MaybeValue = std::optional<double>;

static double realOf(cost::Count count) { return static_cast<double>(*count); }

template <cost::Count cost::StageMemory::*part>
static MaybeValue partOfMemory(const PlanEstimate &estimate, size_t stage) {
  return realOf(estimate.result.stages[stage].memory.*part);
}

template <double cost::StepTime::*part>
static MaybeValue partOfStep(const PlanEstimate &estimate, size_t) {
  return estimate.result.step.*part;
}

template <cost::Phase phase>
static MaybeValue timeOfMode(const PlanEstimate &estimate, size_t) {
  if (estimate.job.workload.phase != phase)
    return std::nullopt;
  return estimate.stepSeconds();
}

static MaybeValue timePerToken(const PlanEstimate &estimate, size_t) {
  if (estimate.job.workload.phase != cost::Phase::Decode)
    return std::nullopt;
  return estimate.stepSeconds() / estimate.job.tokensPerPass();
}

static std::string showRate(double value) {
  return showNumber(value) + " tokens/s";
}
static std::string showParameters(double value) { return showCount(value); }
static std::string showFlops(double value) {
  return showCount(value, "G") + "FLOP";
}

static std::vector<CostFigure> modelFigures() {
  using E = const PlanEstimate &;
  return {
      {"parameters",
       "parameters of the model, prediction layers not counted",
       "embedding + output head + layers x (attention + feed-forward, or "
       "router "
       "+ experts)",
       {"model.hidden_size", "model.vocab_size", "model.num_hidden_layers"},
       [](E e, size_t) -> MaybeValue { return realOf(e.result.parameters); },
       showParameters,
       false},
      {"active_parameters",
       "parameters that take part for one token",
       "the same, with top-k of the experts",
       {"parameters"},
       [](E e, size_t) -> MaybeValue {
         return realOf(e.result.activeParameters);
       },
       showParameters,
       false},
      {"flops_per_token",
       "work of the forward pass for one token",
       "2 x active parameters in matrices + attention over the tokens before, "
       "counted causal: half (Megatron-LM's convention)",
       {"active_parameters", "workload.sequence_length",
        "workload.context_length"},
       [](E e, size_t) -> MaybeValue {
         return realOf(e.result.forwardFlopsPerToken);
       },
       showFlops,
       false}};
}

/// Over all layers with experts, as the job has it.
template <int64_t cost::LoadSkew::*part>
static MaybeValue loadOfRanks(const PlanEstimate &estimate, size_t) {
  double sum = 0, layers = 0;
  for (const cost::LayerShape &run : estimate.job.model.runs) {
    if (!run.sparse)
      continue;
    sum += static_cast<double>(run.skew.*part * run.size()) / 1000;
    layers += static_cast<double>(run.size());
  }
  return layers > 0 ? MaybeValue(sum / layers) : std::nullopt;
}

static std::string showRatio(double value) {
  return showNumber(value) + " x the mean";
}

static std::vector<CostFigure> loadFigures() {
  const std::vector<StringRef> inputs = {"experts.loads", "workload.routing",
                                         "workload.routing, fullest rank"};
  return {{"expert_load",
           "tokens of the busiest rank that holds experts, over the mean of "
           "the ranks",
           "mean over layers of max over ranks of (sum over its experts of "
           "recorded tokens x share of the copy) / mean over ranks; without "
           "recorded loads what the routing says",
           inputs, loadOfRanks<&cost::LoadSkew::mean>, showRatio, false},
          {"exchange_load",
           "traffic of the busiest rank in an exchange of tokens, over the "
           "mean of the ranks",
           "'expert_load' where it was recorded, else 1: the calibration holds "
           "what natural routing does",
           inputs, loadOfRanks<&cost::LoadSkew::exchange>, showRatio, false},
          {"worst_expert_load", "the same of the worst layer of each run",
           "max over layers of max over ranks of the same", inputs,
           loadOfRanks<&cost::LoadSkew::worst>, showRatio, false}};
}

static std::vector<CostFigure> memoryFigures() {
  using M = cost::StageMemory;
  using E = const PlanEstimate &;
  return {
      {"weights",
       "weights on a GPU",
       "(dense + expert parameters of the rank) x bytes in the format they are "
       "held in",
       {"dense_parameters", "expert_parameters", "workload.precision",
        "parallelism.tp", "parallelism.ep", "parallelism.etp",
        "workload.optimizer.sharding"},
       partOfMemory<&M::weights>,
       showBytes,
       true},
      {"gradients",
       "gradients on a GPU",
       "(dense + expert parameters of the rank) x bytes of a gradient",
       {"dense_parameters", "expert_parameters", "workload.optimizer.gradients",
        "workload.optimizer.sharding"},
       partOfMemory<&M::gradients>,
       showBytes,
       true},
      {"optimizer_states",
       "states of the optimizer on a GPU",
       "(dense parameters / ranks that share them + expert parameters / ranks "
       "that share them) x (master + 2 x moment), less what is offloaded; fp32 "
       "weights are their own master; without sharding nobody shares",
       {"dense_parameters", "dense_replicas", "expert_parameters",
        "expert_replicas", "workload.precision", "workload.optimizer.master",
        "workload.optimizer.moments", "workload.optimizer.sharding",
        "workload.optimizer.offload"},
       partOfMemory<&M::optimizer>,
       showBytes,
       true},
      {"activations",
       "activations kept for backward passes on a GPU",
       "sum over chunks of (bytes kept by a forward pass x passes that wait "
       "for "
       "their backward pass) + those of prediction layers and output head",
       {"kept_bytes", "expert_load", "workload.micro_batch",
        "workload.sequence_length", "workload.recompute", "parallelism.tp",
        "parallelism.cp", "parallelism.pp", "parallelism.vpp"},
       partOfMemory<&M::activations>,
       showBytes,
       true},
      {"buffers",
       "short-lived tensors on a GPU",
       "the most that lives at one moment: logits and their loss, the "
       "gradients "
       "of one layer, or tokens on their way to experts",
       {"worst_expert_load", "workload.micro_batch", "workload.sequence_length",
        "model.vocab_size", "model.hidden_size", "parallelism.tp"},
       partOfMemory<&M::buffers>,
       showBytes,
       true},
      {"workspaces",
       "what libraries hold all the time on a GPU",
       "workspaces of matrix multiplications + placeholders of weight "
       "gradients",
       {"workload.precision"},
       partOfMemory<&M::workspaces>,
       showBytes,
       true},
      {"kv_cache",
       "KV cache on a GPU",
       "layers x requests x context x width of keys and values x bytes",
       {"workload.kv_cache", "workload.batch", "workload.context_length",
        "workload.sequence_length", "parallelism.tp", "parallelism.cp"},
       partOfMemory<&M::keyValueCache>,
       showBytes,
       true},
      {"reserve",
       "what the framework's allocator does not see",
       "CUDA context + communicators + buffers of the token dispatcher",
       {"workload.dispatcher"},
       partOfMemory<&M::reserve>,
       showBytes,
       true},
      {"peak_memory",
       "what the framework's allocator peaks at",
       "weights + gradients + optimizer_states + activations + buffers + "
       "workspaces + kv_cache",
       {"weights", "gradients", "optimizer_states", "activations", "buffers",
        "workspaces", "kv_cache"},
       [](E e, size_t stage) -> MaybeValue {
         return realOf(e.result.stages[stage].memory.peak());
       },
       showBytes,
       true},
      {"device_memory",
       "memory in use on a GPU",
       "peak_memory + reserve",
       {"peak_memory", "reserve"},
       [](E e, size_t stage) -> MaybeValue {
         return realOf(e.result.stages[stage].memory.device());
       },
       showBytes,
       true}};
}

static std::vector<CostFigure> timeFigures() {
  using S = cost::StepTime;
  static const std::vector<StringRef> parts = {
      "compute",       "expert_traffic", "tensor_traffic",
      "other_traffic", "host_time",      "bubble",
      "gradient_time", "optimizer_time", "fixed_time"};
  StringLiteral sum = "the slowest stage: computation and the traffic that it "
                      "does not hide, of all micro-batches, + bubble + what a "
                      "step does once";
  StringLiteral pass = "the time of one pass through all stages";
  std::vector<StringRef> traffic = {"exchange_load",
                                    "workload.dispatcher",
                                    "workload.ep_overlap",
                                    "workload.cp_comm_type",
                                    "cluster.intra_node",
                                    "cluster.inter_node",
                                    "cluster.nvlink_domain",
                                    "calibration.nvlink_share",
                                    "calibration.network_share",
                                    "calibration.transfer_seconds",
                                    "calibration.overlapped_exchange"};
  return {
      {"compute",
       "time of computation in a step",
       "micro_batches x sum over blocks of FLOP / (peak x share at its shape) "
       "+ exponentials of attention + bytes / (bandwidth of the memory x "
       "share) + gaps",
       {"micro_batches", "expert_load", "cluster.peak_bf16", "cluster.peak_fp8",
        "cluster.memory_bandwidth", "calibration.gemm_share",
        "calibration.fp8_ratio", "calibration.half_rows",
        "calibration.half_width", "calibration.core_share",
        "calibration.memory_share", "calibration.block_gap"},
       partOfStep<&S::compute>,
       showSeconds,
       false},
      {"expert_traffic", "time of exchanging tokens that nothing hides",
       "micro_batches x exposed share x (bytes x exchange_load / (bandwidth x "
       "share) + start)",
       traffic, partOfStep<&S::expertTraffic>, showSeconds, false},
      {"tensor_traffic",
       "time of tensor-parallel collectives",
       "micro_batches x exposed share (1 / tp with tp_overlap) x (bytes / "
       "(bandwidth x share) + start)",
       {"parallelism.tp", "parallelism.etp", "workload.tp_overlap",
        "cluster.intra_node", "cluster.inter_node", "calibration.nvlink_share",
        "calibration.network_share", "calibration.transfer_seconds"},
       partOfStep<&S::tensorTraffic>,
       showSeconds,
       false},
      {"other_traffic",
       "time between stages and among context-parallel ranks",
       "micro_batches x (bytes / (bandwidth x share) + start)",
       {"parallelism.pp", "parallelism.cp", "cluster.intra_node",
        "cluster.inter_node", "calibration.nvlink_share",
        "calibration.network_share", "calibration.transfer_seconds"},
       partOfStep<&S::otherTraffic>,
       showSeconds,
       false},
      {"host_time",
       "time in which the slowest stage waits for the host",
       "micro_batches x ((device^5 + host^5)^(1/5) - device), forward and "
       "backward; host = kernels x time of a launch",
       {"micro_batches", "workload.cuda_graph", "calibration.launch_seconds",
        "calibration.graph_share"},
       partOfStep<&S::host>,
       showSeconds,
       false},
      {"bubble",
       "time in which the slowest stage waits for the pipeline",
       "(pp - 1) x mean time of a stage / vpp; zero_bubble (pp - 1) x (F + B - "
       "2 W); dualpipe (pp / 2 - 1) x (F + 2 B - 3 W); when serving, the other "
       "stages",
       {"parallelism.pp", "parallelism.vpp", "parallelism.schedule",
        "stage_time"},
       partOfStep<&S::bubble>,
       showSeconds,
       false},
      {"gradient_time",
       "time of reducing gradients that nothing hides",
       "what exceeds the micro-batch beside it, at least the exposed share, of "
       "bytes / (bandwidth x share) + start",
       {"parallelism.dp", "parallelism.edp", "workload.optimizer.gradients",
        "workload.optimizer.sharding", "calibration.nvlink_share",
        "calibration.network_share", "calibration.exposed_gradients",
        "calibration.hiding_share"},
       partOfStep<&S::gradients>,
       showSeconds,
       false},
      {"optimizer_time",
       "time of the optimizer",
       "bytes of states and gradients it reads and writes / bandwidth of the "
       "memory; of offloaded states, gradients and parameters / host_link",
       {"optimizer_states", "gradients", "cluster.memory_bandwidth",
        "workload.optimizer.offload", "cluster.host_link",
        "calibration.memory_share"},
       partOfStep<&S::optimizer>,
       showSeconds,
       false},
      {"fixed_time",
       "time of what a step does once",
       "constant: norm of gradients, logging, data",
       {"calibration.step_seconds"},
       partOfStep<&S::fixed>,
       showSeconds,
       false},
      {"step_time", "time of a training step", sum, parts,
       timeOfMode<cost::Phase::Train>, showSeconds, false},
      {"ttft", "time to the first output token", pass, parts,
       timeOfMode<cost::Phase::Prefill>, showSeconds, false},
      {"tpot", "time of an output token",
       "the time of one pass through all stages / tokens it yields, 1 + a + "
       "... "
       "+ a^n with n drafts accepted at a",
       parts, timePerToken, showSeconds, false}};
}

static std::vector<CostFigure> rateFigures() {
  using E = const PlanEstimate &;
  return {
      {"communication_time",
       "time of all collectives of a step, hidden or not",
       "sum over axes of count x (bytes / (bandwidth x share) + start)",
       {"traffic", "cluster.intra_node", "cluster.inter_node",
        "calibration.nvlink_share", "calibration.network_share",
        "calibration.transfer_seconds"},
       [](E e, size_t) -> MaybeValue {
         double sum = 0;
         for (const cost::StepTraffic &traffic : e.result.traffic)
           sum += traffic.time;
         return sum;
       },
       showSeconds,
       false},
      {"throughput",
       "tokens of the job in a second",
       "tokens of a step, or of a pass, / its time",
       {"tokens", "time"},
       [](E e, size_t) -> MaybeValue {
         return e.result.tokensPerSecondPerGpu *
                static_cast<double>(e.job.degrees.worldSize());
       },
       showRate,
       false},
      {"mfu",
       "work of the model over the dense BF16 peak of all GPUs",
       "throughput x flops_per_token x (3 in training, for the backward pass) "
       "/ "
       "(GPUs x peak_bf16)",
       {"throughput", "flops_per_token", "cluster.world_size",
        "cluster.peak_bf16"},
       [](E e, size_t) -> MaybeValue { return e.result.utilisation; },
       showShare,
       false}};
}

llvm::ArrayRef<CostFigure> moe::costFigures() {
  static const std::vector<CostFigure> figures = [] {
    std::vector<CostFigure> all = modelFigures();
    llvm::append_range(all, loadFigures());
    llvm::append_range(all, memoryFigures());
    llvm::append_range(all, timeFigures());
    llvm::append_range(all, rateFigures());
    return all;
  }();
  return figures;
}

const CostFigure *moe::findCostFigure(StringRef name) {
  const CostFigure *found = llvm::find_if(
      costFigures(), [&](const CostFigure &each) { return each.name == name; });
  return found == costFigures().end() ? nullptr : found;
}
