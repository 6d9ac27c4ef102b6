//===- MetricPhrases.cpp - What documents call figures --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MetricPhrases.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::ArrayRef;
using llvm::StringRef;

// Words in small letters, without the "s" of a plural.
static constexpr MetricPhrase bytesPhrases[] = {
    {"memory", FigureKind::Bytes, "device_memory", ""},
    {"memory usage", FigureKind::Bytes, "device_memory", ""},
    {"memory used", FigureKind::Bytes, "device_memory", ""},
    {"memory footprint", FigureKind::Bytes, "device_memory", ""},
    {"memory consumption", FigureKind::Bytes, "device_memory", ""},
    {"memory requirement", FigureKind::Bytes, "device_memory", ""},
    {"memory per gpu", FigureKind::Bytes, "device_memory", ""},
    {"memory per device", FigureKind::Bytes, "device_memory", ""},
    {"memory per rank", FigureKind::Bytes, "device_memory", ""},
    {"per gpu memory", FigureKind::Bytes, "device_memory", ""},
    {"gpu memory usage", FigureKind::Bytes, "device_memory", ""},
    {"gpu memory used", FigureKind::Bytes, "device_memory", ""},
    {"gpu memory footprint", FigureKind::Bytes, "device_memory", ""},
    {"vram usage", FigureKind::Bytes, "device_memory", ""},
    {"used per gpu", FigureKind::Bytes, "device_memory", ""},
    {"peak memory", FigureKind::Bytes, "peak_memory", ""},
    {"peak memory usage", FigureKind::Bytes, "peak_memory", ""},
    {"gpu memory", FigureKind::Bytes, "gpu_memory", "cluster.gpu_memory"},
    {"vram", FigureKind::Bytes, "gpu_memory", "cluster.gpu_memory"},
    {"hbm", FigureKind::Bytes, "gpu_memory", "cluster.gpu_memory"},
    {"gpu memory capacity", FigureKind::Bytes, "gpu_memory",
     "cluster.gpu_memory"},
    {"memory capacity", FigureKind::Bytes, "gpu_memory", "cluster.gpu_memory"},
    {"available memory", FigureKind::Bytes, "gpu_memory", "cluster.gpu_memory"},
    {"hbm capacity", FigureKind::Bytes, "gpu_memory", "cluster.gpu_memory"},
    {"hbm per gpu", FigureKind::Bytes, "gpu_memory", "cluster.gpu_memory"},
    {"vram per gpu", FigureKind::Bytes, "gpu_memory", "cluster.gpu_memory"},
    {"vram limit", FigureKind::Bytes, "gpu_memory", "cluster.gpu_memory"},
    {"memory limit", FigureKind::Bytes, "gpu_memory", "cluster.gpu_memory"},
    {"model memory", FigureKind::Bytes, "model_memory", ""},
    {"total model memory", FigureKind::Bytes, "model_memory", ""},
    {"model size", FigureKind::Bytes, "model_memory", ""},
    {"weight", FigureKind::Bytes, "weights", ""},
    {"model weight", FigureKind::Bytes, "weights", ""},
    {"weight memory", FigureKind::Bytes, "weights", ""},
    {"parameter memory", FigureKind::Bytes, "weights", ""},
    {"expert weight", FigureKind::Bytes, "expert_weights", ""},
    {"expert memory", FigureKind::Bytes, "expert_weights", ""},
    {"expert parameter", FigureKind::Bytes, "expert_weights", ""},
    {"attention weight", FigureKind::Bytes, "attention_weights", ""},
    {"attention parameter", FigureKind::Bytes, "attention_weights", ""},
    {"embedding", FigureKind::Bytes, "embedding_weights", ""},
    {"embedding weight", FigureKind::Bytes, "embedding_weights", ""},
    {"embedding table", FigureKind::Bytes, "embedding_weights", ""},
    {"token embedding", FigureKind::Bytes, "embedding_weights", ""},
    {"gradient", FigureKind::Bytes, "gradients", ""},
    {"activation", FigureKind::Bytes, "activations", ""},
    {"activation memory", FigureKind::Bytes, "activations", ""},
    {"optimizer", FigureKind::Bytes, "optimizer_states", ""},
    {"optimizer state", FigureKind::Bytes, "optimizer_states", ""},
    {"optimizer memory", FigureKind::Bytes, "optimizer_states", ""},
    {"kv cache", FigureKind::Bytes, "kv_cache", ""},
    {"kv cache memory", FigureKind::Bytes, "kv_cache", ""},
    {"buffer", FigureKind::Bytes, "buffers", ""},
    {"communication buffer", FigureKind::Bytes, "buffers", ""},
    {"workspace", FigureKind::Bytes, "workspaces", ""},
    {"communication volume", FigureKind::Bytes, "communication_volume", ""},
};

static constexpr MetricPhrase ratioPhrases[] = {
    {"memory", FigureKind::Ratio, "memory_utilization", ""},
    {"memory utilization", FigureKind::Ratio, "memory_utilization", ""},
    {"memory usage", FigureKind::Ratio, "memory_utilization", ""},
    {"memory efficiency", FigureKind::Ratio, "memory_utilization", ""},
    {"memory occupancy", FigureKind::Ratio, "memory_utilization", ""},
    {"gpu memory", FigureKind::Ratio, "memory_utilization", ""},
    {"gpu memory utilization", FigureKind::Ratio, "memory_utilization", ""},
    {"gpu memory usage", FigureKind::Ratio, "memory_utilization", ""},
    {"vram utilization", FigureKind::Ratio, "memory_utilization", ""},
    {"memory headroom", FigureKind::Ratio, "memory_utilization", "", true},
    {"compute", FigureKind::Ratio, "compute_utilization", ""},
    {"compute utilization", FigureKind::Ratio, "compute_utilization", ""},
    {"compute efficiency", FigureKind::Ratio, "compute_utilization", ""},
    {"compute usage", FigureKind::Ratio, "compute_utilization", ""},
    {"compute headroom", FigureKind::Ratio, "compute_utilization", "", true},
    {"gpu utilization", FigureKind::Ratio, "gpu_utilization", ""},
    {"gpu usage", FigureKind::Ratio, "gpu_utilization", ""},
    {"mfu", FigureKind::Ratio, "mfu", ""},
    {"model flop utilization", FigureKind::Ratio, "mfu", ""},
    {"strong scaling", FigureKind::Ratio, "strong_scaling", ""},
    {"strong scaling efficiency", FigureKind::Ratio, "strong_scaling", ""},
    {"weak scaling", FigureKind::Ratio, "weak_scaling", ""},
    {"weak scaling efficiency", FigureKind::Ratio, "weak_scaling", ""},
    {"communication overhead", FigureKind::Ratio, "communication_share", ""},
    {"communication share", FigureKind::Ratio, "communication_share", ""},
    {"communication fraction", FigureKind::Ratio, "communication_share", ""},
    {"load variance", FigureKind::Ratio, "load_variance", ""},
    {"memory variance", FigureKind::Ratio, "memory_variance", ""},
    {"memory usage variance", FigureKind::Ratio, "memory_variance", ""},
    {"remote token", FigureKind::Ratio, "remote_token_share", ""},
    {"remote traffic", FigureKind::Ratio, "remote_token_share", ""},
    {"load imbalance", FigureKind::Ratio, "imbalance", ""},
    {"imbalance factor", FigureKind::Ratio, "imbalance", ""},
};

static constexpr MetricPhrase timePhrases[] = {
    {"latency", FigureKind::Seconds, "latency", ""},
    {"end to end latency", FigureKind::Seconds, "latency", ""},
    {"batch latency", FigureKind::Seconds, "latency", ""},
    {"inference latency", FigureKind::Seconds, "latency", ""},
    {"latency per batch", FigureKind::Seconds, "latency", ""},
    {"layer latency", FigureKind::Seconds, "layer_latency", ""},
    {"per layer latency", FigureKind::Seconds, "layer_latency", ""},
    {"latency per layer", FigureKind::Seconds, "layer_latency", ""},
    {"per layer", FigureKind::Seconds, "layer_latency", ""},
    {"time per layer", FigureKind::Seconds, "layer_latency", ""},
    {"tpot", FigureKind::Seconds, "tpot", ""},
    {"time per output token", FigureKind::Seconds, "tpot", ""},
    {"per output token", FigureKind::Seconds, "tpot", ""},
    {"inter token latency", FigureKind::Seconds, "tpot", ""},
    {"ttft", FigureKind::Seconds, "ttft", ""},
    {"time to first token", FigureKind::Seconds, "ttft", ""},
    {"step time", FigureKind::Seconds, "step_time", ""},
    {"iteration time", FigureKind::Seconds, "step_time", ""},
    {"time per step", FigureKind::Seconds, "step_time", ""},
    {"time per iteration", FigureKind::Seconds, "step_time", ""},
    {"per step", FigureKind::Seconds, "step_time", ""},
    {"per iteration", FigureKind::Seconds, "step_time", ""},
    {"training step", FigureKind::Seconds, "step_time", ""},
    {"communication time", FigureKind::Seconds, "communication_time", ""},
    {"communication overhead", FigureKind::Seconds, "communication_time", ""},
    {"communication latency", FigureKind::Seconds, "communication_latency", ""},
};

static constexpr MetricPhrase ratePhrases[] = {
    {"throughput", FigureKind::Rate, "throughput", ""},
    {"training throughput", FigureKind::Rate, "throughput", ""},
    {"peak", FigureKind::Compute, "peak_bf16", "cluster.peak_bf16"},
    {"peak compute", FigureKind::Compute, "peak_bf16", "cluster.peak_bf16"},
    {"peak performance", FigureKind::Compute, "peak_bf16", "cluster.peak_bf16"},
    {"bf16 peak", FigureKind::Compute, "peak_bf16", "cluster.peak_bf16"},
    {"peak bf16", FigureKind::Compute, "peak_bf16", "cluster.peak_bf16"},
    {"dense bf16", FigureKind::Compute, "peak_bf16", "cluster.peak_bf16"},
    {"gpu compute", FigureKind::Compute, "peak_bf16", "cluster.peak_bf16"},
    {"compute capacity", FigureKind::Compute, "peak_bf16", "cluster.peak_bf16"},
    {"compute capability", FigureKind::Compute, "peak_bf16",
     "cluster.peak_bf16"},
    {"compute per gpu", FigureKind::Compute, "device_compute", ""},
    {"flop per gpu", FigureKind::Compute, "device_compute", ""},
    {"achieved", FigureKind::Compute, "device_compute", ""},
    {"sustained", FigureKind::Compute, "device_compute", ""},
    {"achieved compute", FigureKind::Compute, "device_compute", ""},
    {"compute distribution", FigureKind::Compute, "device_compute", ""},
    {"flop per token", FigureKind::WorkPerToken, "flops_per_token", ""},
    {"nvlink", FigureKind::Bandwidth, "", "cluster.intra_node"},
    {"nvlink bandwidth", FigureKind::Bandwidth, "", "cluster.intra_node"},
    {"intra node bandwidth", FigureKind::Bandwidth, "", "cluster.intra_node"},
    {"infiniband", FigureKind::Bandwidth, "", "cluster.inter_node"},
    {"network bandwidth", FigureKind::Bandwidth, "", "cluster.inter_node"},
    {"inter node bandwidth", FigureKind::Bandwidth, "", "cluster.inter_node"},
    {"memory bandwidth", FigureKind::Bandwidth, "", "cluster.memory_bandwidth"},
    {"hbm bandwidth", FigureKind::Bandwidth, "", "cluster.memory_bandwidth"},
};

static constexpr MetricPhrase countPhrases[] = {
    {"gpu", FigureKind::Count, "gpus", "cluster.world_size"},
    {"total gpu", FigureKind::Count, "gpus", "cluster.world_size"},
    {"gpu count", FigureKind::Count, "gpus", "cluster.world_size"},
    {"number of gpu", FigureKind::Count, "gpus", "cluster.world_size"},
    {"available gpu", FigureKind::Count, "gpus", "cluster.world_size"},
    {"gpu available", FigureKind::Count, "gpus", "cluster.world_size"},
    {"gpu required", FigureKind::Count, "gpus", ""},
    {"total gpu required", FigureKind::Count, "gpus", ""},
    {"required gpu", FigureKind::Count, "gpus", ""},
    {"gpu needed", FigureKind::Count, "gpus", ""},
    {"world size", FigureKind::Count, "world_size", "cluster.world_size"},
    {"node", FigureKind::Count, "nodes", "cluster.nodes"},
    {"total node", FigureKind::Count, "nodes", "cluster.nodes"},
    {"number of node", FigureKind::Count, "nodes", "cluster.nodes"},
    {"gpu per node", FigureKind::Count, "gpus_per_node",
     "cluster.gpus_per_node"},
    {"expert parallelism", FigureKind::Count, "ep", "parallelism.ep"},
    {"expert parallel", FigureKind::Count, "ep", "parallelism.ep"},
    {"expert parallel size", FigureKind::Count, "ep", "parallelism.ep"},
    {"expert parallel degree", FigureKind::Count, "ep", "parallelism.ep"},
    {"ep", FigureKind::Count, "ep", "parallelism.ep"},
    {"ep degree", FigureKind::Count, "ep", "parallelism.ep"},
    {"ep size", FigureKind::Count, "ep", "parallelism.ep"},
    {"tensor parallelism", FigureKind::Count, "tp", "parallelism.tp"},
    {"tensor parallel", FigureKind::Count, "tp", "parallelism.tp"},
    {"tensor parallel size", FigureKind::Count, "tp", "parallelism.tp"},
    {"tensor parallel degree", FigureKind::Count, "tp", "parallelism.tp"},
    {"tp", FigureKind::Count, "tp", "parallelism.tp"},
    {"tp degree", FigureKind::Count, "tp", "parallelism.tp"},
    {"tp size", FigureKind::Count, "tp", "parallelism.tp"},
    {"pipeline parallelism", FigureKind::Count, "pp", "parallelism.pp"},
    {"pipeline parallel", FigureKind::Count, "pp", "parallelism.pp"},
    {"pipeline parallel size", FigureKind::Count, "pp", "parallelism.pp"},
    {"pipeline stage", FigureKind::Count, "pp", "parallelism.pp"},
    {"pp", FigureKind::Count, "pp", "parallelism.pp"},
    {"pipeline parallel degree", FigureKind::Count, "pp", "parallelism.pp"},
    {"pp degree", FigureKind::Count, "pp", "parallelism.pp"},
    {"pp size", FigureKind::Count, "pp", "parallelism.pp"},
    {"data parallelism", FigureKind::Count, "dp", "parallelism.dp"},
    {"data parallel", FigureKind::Count, "dp", "parallelism.dp"},
    {"data parallel size", FigureKind::Count, "dp", "parallelism.dp"},
    {"dp", FigureKind::Count, "dp", "parallelism.dp"},
    {"data parallel degree", FigureKind::Count, "dp", "parallelism.dp"},
    {"dp degree", FigureKind::Count, "dp", "parallelism.dp"},
    {"dp size", FigureKind::Count, "dp", "parallelism.dp"},
    {"context parallelism", FigureKind::Count, "cp", "parallelism.cp"},
    {"context parallel", FigureKind::Count, "cp", "parallelism.cp"},
    {"cp", FigureKind::Count, "cp", "parallelism.cp"},
    {"expert tensor parallelism", FigureKind::Count, "etp", "parallelism.etp"},
    {"etp", FigureKind::Count, "etp", "parallelism.etp"},
    {"tp group", FigureKind::Count, "tp_groups", ""},
    {"ep group", FigureKind::Count, "ep_groups", ""},
    {"pp group", FigureKind::Count, "pp_groups", ""},
    {"dp group", FigureKind::Count, "dp_groups", ""},
    {"layer", FigureKind::Count, "layers", "model.num_hidden_layers"},
    {"total layer", FigureKind::Count, "layers", "model.num_hidden_layers"},
    {"number of layer", FigureKind::Count, "layers", "model.num_hidden_layers"},
    {"model layer", FigureKind::Count, "layers", "model.num_hidden_layers"},
    {"transformer layer", FigureKind::Count, "layers",
     "model.num_hidden_layers"},
    {"layer per gpu", FigureKind::Count, "layers_per_rank", ""},
    {"layer per rank", FigureKind::Count, "layers_per_rank", ""},
    {"layer per stage", FigureKind::Count, "layers_per_rank", ""},
    {"hidden size", FigureKind::Count, "hidden_size", "model.hidden_size"},
    {"hidden dimension", FigureKind::Count, "hidden_size", "model.hidden_size"},
    {"hidden dim", FigureKind::Count, "hidden_size", "model.hidden_size"},
    {"model dimension", FigureKind::Count, "hidden_size", "model.hidden_size"},
    {"d model", FigureKind::Count, "hidden_size", "model.hidden_size"},
    {"token dimension", FigureKind::Count, "hidden_size", "model.hidden_size"},
    {"token dim", FigureKind::Count, "hidden_size", "model.hidden_size"},
    {"embedding dimension", FigureKind::Count, "hidden_size",
     "model.hidden_size"},
    {"ffn hidden size", FigureKind::Count, "", "model.moe_intermediate_size"},
    {"ffn size", FigureKind::Count, "", "model.moe_intermediate_size"},
    {"ffn dimension", FigureKind::Count, "", "model.moe_intermediate_size"},
    {"expert hidden size", FigureKind::Count, "",
     "model.moe_intermediate_size"},
    {"expert ffn size", FigureKind::Count, "", "model.moe_intermediate_size"},
    {"expert width", FigureKind::Count, "", "model.moe_intermediate_size"},
    {"intermediate size", FigureKind::Count, "", "model.moe_intermediate_size"},
    {"moe intermediate size", FigureKind::Count, "",
     "model.moe_intermediate_size"},
    {"attention head", FigureKind::Count, "", "model.num_attention_heads"},
    {"head", FigureKind::Count, "", "model.num_attention_heads"},
    {"vocab", FigureKind::Count, "vocab_size", "model.vocab_size"},
    {"vocab size", FigureKind::Count, "vocab_size", "model.vocab_size"},
    {"vocabulary", FigureKind::Count, "vocab_size", "model.vocab_size"},
    {"vocabulary size", FigureKind::Count, "vocab_size", "model.vocab_size"},
    {"expert", FigureKind::Count, "experts", "model.num_experts"},
    {"total expert", FigureKind::Count, "experts", "model.num_experts"},
    {"number of expert", FigureKind::Count, "experts", "model.num_experts"},
    {"routed expert", FigureKind::Count, "experts", "model.num_experts"},
    {"expert per layer", FigureKind::Count, "experts", "model.num_experts"},
    {"expert per gpu", FigureKind::Count, "experts_per_rank", ""},
    {"expert per rank", FigureKind::Count, "experts_per_rank", ""},
    {"expert per device", FigureKind::Count, "experts_per_rank", ""},
    {"top k", FigureKind::Count, "top_k", "model.num_experts_per_tok"},
    {"expert per token", FigureKind::Count, "top_k",
     "model.num_experts_per_tok"},
    {"active expert", FigureKind::Count, "top_k", "model.num_experts_per_tok"},
    {"active expert per token", FigureKind::Count, "top_k",
     "model.num_experts_per_tok"},
    {"redundant expert", FigureKind::Count, "redundant_slots", ""},
    {"redundant slot", FigureKind::Count, "redundant_slots", ""},
    {"sequence length", FigureKind::Count, "sequence_length",
     "workload.sequence_length"},
    {"seq len", FigureKind::Count, "sequence_length",
     "workload.sequence_length"},
    {"batch size", FigureKind::Count, "global_batch", "workload.global_batch"},
    {"global batch", FigureKind::Count, "global_batch",
     "workload.global_batch"},
    {"global batch size", FigureKind::Count, "global_batch",
     "workload.global_batch"},
    {"request per replica", FigureKind::Count, "batch", "workload.batch"},
    {"request in flight", FigureKind::Count, "batch", "workload.batch"},
    {"concurrent request", FigureKind::Count, "batch", "workload.batch"},
    {"batch per replica", FigureKind::Count, "batch", "workload.batch"},
    {"micro batch", FigureKind::Count, "micro_batch", "workload.micro_batch"},
    {"micro batch size", FigureKind::Count, "micro_batch",
     "workload.micro_batch"},
    {"microbatch size", FigureKind::Count, "micro_batch",
     "workload.micro_batch"},
    {"number of micro batch", FigureKind::Count, "micro_batches", ""},
    {"parameter", FigureKind::Count, "parameters", ""},
    {"total parameter", FigureKind::Count, "parameters", ""},
    {"active parameter", FigureKind::Count, "active_parameters", ""},
    {"activated parameter", FigureKind::Count, "active_parameters", ""},
};

static ArrayRef<MetricPhrase> phrasesOf(FigureKind kind) {
  switch (kind) {
  case FigureKind::Bytes:
    return bytesPhrases;
  case FigureKind::Ratio:
    return ratioPhrases;
  case FigureKind::Seconds:
    return timePhrases;
  case FigureKind::Rate:
  case FigureKind::Compute:
  case FigureKind::WorkPerToken:
  case FigureKind::Bandwidth:
    return ratePhrases;
  case FigureKind::Count:
    return countPhrases;
  }
  return {};
}

std::optional<FigureKind> mlir::moe::kindOf(const Amount &amount) {
  switch (amount.dimension()) {
  case Dimension::Count:
    return FigureKind::Count;
  case Dimension::Ratio:
    return FigureKind::Ratio;
  case Dimension::Bytes:
  case Dimension::BytesPerGpu:
    return FigureKind::Bytes;
  case Dimension::BytesPerSecond:
    return FigureKind::Bandwidth;
  case Dimension::FlopPerToken:
    return FigureKind::WorkPerToken;
  case Dimension::FlopPerSecond:
  case Dimension::FlopPerSecondPerGpu:
    return FigureKind::Compute;
  case Dimension::Seconds:
    return FigureKind::Seconds;
  case Dimension::TokensPerSecond:
  case Dimension::TokensPerSecondPerGpu:
  case Dimension::SamplesPerSecond:
  case Dimension::SequencesPerSecond:
    return FigureKind::Rate;
  case Dimension::Flop:
  case Dimension::Tokens:
    return std::nullopt;
  }
  return std::nullopt;
}

PhraseMatch mlir::moe::matchAt(ArrayRef<Token> tokens, size_t at,
                               FigureKind kind) {
  PhraseMatch best;
  for (const MetricPhrase &phrase : phrasesOf(kind)) {
    if (phrase.kind != kind)
      continue;
    StringRef rest = phrase.words;
    size_t token = at;
    while (!rest.empty() && token < tokens.size() && tokens[token].isWord()) {
      auto [word, others] = rest.split(' ');
      if (tokens[token].text != word)
        break;
      rest = others;
      ++token;
    }
    if (rest.empty() && token > best.end)
      best = {&phrase, at, token};
  }
  return best;
}

PhraseMatch mlir::moe::matchFirst(ArrayRef<Token> tokens, size_t begin,
                                  size_t end, FigureKind kind) {
  for (size_t at = begin; at < end; ++at)
    if (PhraseMatch match = matchAt(tokens.take_front(end), at, kind))
      return match;
  return {};
}

PhraseMatch mlir::moe::matchLast(ArrayRef<Token> tokens, size_t begin,
                                 size_t end, FigureKind kind) {
  PhraseMatch last;
  for (size_t at = begin; at < end; ++at)
    if (PhraseMatch match = matchAt(tokens.take_front(end), at, kind)) {
      last = match;
      at = match.end - 1;
    }
  return last;
}

bool mlir::moe::isLowerBetter(const MetricPhrase &phrase) {
  static constexpr StringRef higher[] = {
      "memory_utilization", "compute_utilization", "gpu_utilization", "mfu",
      "strong_scaling",     "weak_scaling"};
  return phrase.kind == FigureKind::Seconds ||
         phrase.kind == FigureKind::Bytes ||
         (phrase.kind == FigureKind::Ratio &&
          !llvm::is_contained(higher, phrase.metric));
}
