//===- Metrics.cpp - Names of the figures of a plan -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Claims/Claims.h"

using namespace mlir::moe;
using llvm::StringRef;

llvm::ArrayRef<StringRef> mlir::moe::metricNames() {
  static constexpr StringRef names[] = {
      // Structure
      "world_size", "gpus", "nodes", "gpus_per_node", "gpu_memory", "peak_bf16",
      "peak_fp8", "tp", "cp", "pp", "vpp", "dp", "ep", "etp", "edp",
      "tp_groups", "cp_groups", "pp_groups", "dp_groups", "ep_groups",
      "etp_groups", "edp_groups", "tp_group_size", "cp_group_size",
      "pp_group_size", "dp_group_size", "ep_group_size", "etp_group_size",
      "edp_group_size", "layers", "layers_per_rank", "hidden_size",
      "vocab_size", "experts", "experts_per_rank", "expert_slots",
      "redundant_slots", "top_k", "sequence_length", "context_length",
      "micro_batch", "global_batch", "batch", "micro_batches",
      "remote_token_share",
      // Memory
      "device_memory", "peak_memory", "model_memory", "memory_utilization",
      "memory_imbalance", "memory_variance", "weights", "expert_weights",
      "attention_weights", "embedding_weights", "gradients", "activations",
      "optimizer_states", "kv_cache",
      // Time and work
      "device_compute", "compute_utilization", "gpu_utilization", "mfu",
      "throughput", "latency", "tpot", "ttft", "layer_latency", "step_time",
      "communication_time", "communication_latency", "communication_share",
      "strong_scaling", "weak_scaling", "load_variance", "load_imbalance",
      "imbalance", "idle_experts"};
  return names;
}
