//===- Metrics.cpp - Names of the figures of a plan -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Claims/Claims.h"
#include "moe/Claims/Expression.h"
#include "moe/Claims/MetricTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <array>

using namespace mlir::moe;
using llvm::StringRef;

static constexpr auto counts = MetricSense::Count;
static constexpr auto countOfGpus = MetricSense::CountOfGpus;
static constexpr auto ofOneGpu = MetricSense::OfOneGpu;

static constexpr MetricRow rows[] = {
    {"world_size", "ranks of the job", countOfGpus},
    {"gpus", "GPUs of the cluster", countOfGpus},
    {"nodes", "nodes of the cluster", counts},
    {"gpus_per_node", "GPUs of one node", counts},
    {"gpu_memory", "memory of one GPU", ofOneGpu},
    {"peak_bf16", "dense BF16 peak of one GPU", ofOneGpu},
    {"peak_fp8", "dense FP8 peak of one GPU", ofOneGpu},
    {"tp", "tensor-parallel size", counts},
    {"cp", "context-parallel size", counts},
    {"pp", "pipeline stages", counts},
    {"vpp", "chunks of layers in a pipeline stage", counts},
    {"dp", "data-parallel size", counts},
    {"ep", "expert-parallel size", counts},
    {"etp", "tensor-parallel size inside an expert", counts},
    {"edp", "data-parallel size of the experts", counts},
    {"tp_groups", "number of tensor-parallel groups", counts},
    {"cp_groups", "number of context-parallel groups", counts},
    {"pp_groups", "number of pipelines", counts},
    {"dp_groups", "number of data-parallel groups", counts},
    {"ep_groups", "number of expert-parallel groups", counts},
    {"etp_groups", "number of tensor-parallel groups of experts", counts},
    {"edp_groups", "number of data-parallel groups of experts", counts},
    {"tp_group_size", "ranks of a tensor-parallel group", counts},
    {"cp_group_size", "ranks of a context-parallel group", counts},
    {"pp_group_size", "ranks of a pipeline", counts},
    {"dp_group_size", "ranks of a data-parallel group", counts},
    {"ep_group_size", "ranks of an expert-parallel group", counts},
    {"etp_group_size", "ranks of a tensor-parallel group of experts", counts},
    {"edp_group_size", "ranks of a data-parallel group of experts", counts},
    {"layers", "layers of the model", counts},
    {"layers_per_rank", "layers that a rank holds"},
    {"hidden_size", "width of the model", counts},
    {"vocab_size", "tokens of the vocabulary", counts},
    {"experts", "experts of a MoE layer", counts},
    {"experts_per_rank", "experts of a MoE layer that a rank holds"},
    {"expert_slots", "places for experts in a MoE layer", counts},
    {"redundant_slots", "places for experts beyond one for each", counts},
    {"top_k", "experts that a token goes to", counts},
    {"sequence_length", "tokens of a sequence", counts},
    {"context_length", "tokens in the KV cache of a request", counts},
    {"micro_batch", "sequences of a micro-batch", counts},
    {"global_batch", "sequences of a step over all replicas", counts},
    {"batch", "requests in flight on a replica", counts},
    {"micro_batches", "micro-batches of a step on a replica", counts},
    {"remote_token_share",
     "share of (token, expert) pairs that leave their GPU"},
    {"device_memory", "memory in use on a GPU", ofOneGpu},
    {"peak_memory", "what the framework's allocator peaks at", ofOneGpu},
    {"model_memory", "memory of the whole model"},
    {"memory_utilization", "device_memory over the usable gpu_memory"},
    {"memory_imbalance", "largest memory of a rank over the mean"},
    {"memory_variance",
     "variance of the memory of ranks over the mean squared"},
    {"weights", "weights on a GPU", ofOneGpu},
    {"expert_weights", "weights of experts on a GPU", ofOneGpu},
    {"attention_weights", "weights of attention on a GPU", ofOneGpu},
    {"embedding_weights", "weights of the embedding on a GPU", ofOneGpu},
    {"gradients", "gradients on a GPU", ofOneGpu},
    {"activations", "activations on a GPU", ofOneGpu},
    {"optimizer_states", "states of the optimizer on a GPU", ofOneGpu},
    {"kv_cache", "KV cache on a GPU", ofOneGpu},
    {"buffers", "largest set of short-lived tensors on a GPU", ofOneGpu},
    {"workspaces", "what libraries hold on a GPU all the time", ofOneGpu},
    {"parameters", "parameters of the model", counts},
    {"active_parameters", "parameters that a token passes through", counts},
    {"flops_per_token", "forward FLOPs of a token, as Megatron-LM counts"},
    {"device_compute", "work of a GPU in a second", ofOneGpu},
    {"compute_utilization", "device_compute over the dense BF16 peak"},
    {"gpu_utilization", "share of time a GPU is busy"},
    {"mfu", "work of the model over the dense BF16 peak of all GPUs"},
    {"throughput", "tokens, samples or sequences of the job in a second"},
    {"latency", "time of a batch through all layers"},
    {"tpot", "time of an output token"},
    {"ttft", "time to the first output token"},
    {"layer_latency", "time of a batch through one layer"},
    {"step_time", "time of a training step"},
    {"communication_time", "time of all collectives of a pass"},
    {"communication_latency", "time of one collective"},
    {"communication_share",
     "time of communication that nothing hides over that of the pass"},
    {"communication_volume", "bytes that a rank sends in a step or pass"},
    {"network_volume", "bytes of them that leave the NVLink domain"},
    {"collectives", "collectives of a rank in a step or pass", counts},
    {"token_exchanges", "all-to-alls of a forward pass, two a MoE layer",
     counts},
    {"tensor_reductions",
     "sums over tensor-parallel ranks in a forward pass, one a split block",
     counts},
    {"strong_scaling", "times the throughput over times the GPUs, same batch"},
    {"weak_scaling", "the same, with a batch that grows with the GPUs"},
    {"load_variance",
     "variance of the tokens of experts over the mean squared"},
    {"load_imbalance", "most tokens of an expert over the mean"},
    {"imbalance", "largest load of a rank over the mean"},
    {"idle_experts", "experts that get no token in a pass, as expected"},
};

llvm::ArrayRef<MetricRow> mlir::moe::metricTable() { return rows; }

llvm::ArrayRef<StringRef> mlir::moe::metricNames() {
  static const auto names = [] {
    std::array<StringRef, std::size(rows)> result;
    for (size_t row = 0; row < result.size(); ++row)
      result[row] = rows[row].name;
    return result;
  }();
  return names;
}

MetricSense mlir::moe::senseOf(StringRef metric) {
  const auto *row = llvm::find_if(
      rows, [&](const MetricRow &each) { return each.name == metric; });
  return row == std::end(rows) ? MetricSense::Other : row->sense;
}

void mlir::moe::printClaimLanguage(llvm::raw_ostream &os) {
  os << R"(A claim is one equation, inequality or range:

  claim    ::= sum relation sum | sum `=` sum `..` sum
  relation ::= `=` | `<` | `<=` | `>` | `>=`
  sum      ::= product ((`+` | `-`) product)*
  product  ::= factor ((`*` | `/`) factor)*
  factor   ::= `-` factor | `(` sum `)` | number unit? | metric
             | `baseline.` metric | `@` id | function `(` sum (`,` sum)* `)`

functions: )"
     << llvm::join(functionNames(), ", ") << "\nunits:     ";
  size_t width = 11;
  for (StringRef spelling : Unit::spellings().drop_front()) {
    if (width + spelling.size() > 78) {
      os << "\n           ";
      width = 11;
    }
    os << spelling << " ";
    width += spelling.size() + 1;
  }
  os << "\n\nmetrics:\n";
  for (const MetricRow &row : rows)
    os << llvm::formatv("  {0,-22} {1}\n", row.name, row.what);
}
