//===- JobWorkload.h - What the ranks of a job run --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The model and the workload of a launch, for the files of frameworks. Words
// are those of the plan file ("bf16", "deepep"); what the plan leaves out is
// absent or empty here.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_EMIT_JOBWORKLOAD_H
#define MOE_EMIT_JOBWORKLOAD_H

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace mlir::moe {

/// With `kvLoraRank` it is multi-head latent attention.
struct JobAttention {
  std::optional<int64_t> heads, kvHeads, headSize;
  std::optional<int64_t> qLoraRank, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim,
      vHeadDim;
  std::optional<int64_t> slidingWindow; ///< in tokens
  std::string qkNorm;                   ///< "per_head", "per_layer" or empty

  auto figures() const {
    return std::tie(heads, kvHeads, headSize, qLoraRank, kvLoraRank,
                    qkNopeHeadDim, qkRopeHeadDim, vHeadDim, slidingWindow,
                    qkNorm);
  }
  bool operator==(const JobAttention &other) const {
    return figures() == other.figures();
  }
};

/// Routed experts of a layer, shared ones and the router.
struct JobExperts {
  std::optional<int64_t> count, topK, width;
  std::optional<int64_t> sharedWidth; ///< of all shared experts together
  std::string score;                  ///< "softmax", "sigmoid" or empty
  std::optional<int64_t> groups, topGroups;

  auto figures() const {
    return std::tie(count, topK, width, sharedWidth, score, groups, topGroups);
  }
  bool operator==(const JobExperts &other) const {
    return figures() == other.figures();
  }
};

/// Layers `begin` <= i < `end`, all alike.
struct JobLayers {
  int64_t begin = 0, end = 0;
  JobAttention attention;
  std::optional<int64_t> width; ///< of a dense feed-forward block
  std::optional<JobExperts> experts;
};

struct JobModel {
  std::optional<int64_t> hidden, vocab, layers;
  int64_t mtpLayers = 0;
  std::optional<bool> gated, tiedEmbeddings;
  std::vector<JobLayers> runs;
  /// Parts that none of these figures describes: "the vision encoder".
  std::vector<std::string> notDescribed;
};

struct JobOptimizer {
  std::string name;                       ///< "adamw"
  std::string moments, gradients, master; ///< formats: "fp32", "bf16", ...
  std::string sharding;                   ///< "none", "distributed", "fsdp"
  std::string offload; ///< share of its states in host memory, "0.5"
};

struct JobWorkload {
  std::string mode; ///< "train", "prefill", "decode" or empty: training
  std::optional<int64_t> sequenceLength, contextLength; ///< in tokens
  std::optional<int64_t> microBatch, globalBatch;       ///< in sequences
  std::optional<int64_t> batch; ///< requests in flight per replica
  std::string precision;        ///< a plan's default is "bf16"
  /// Modules as Megatron-Core names them, or "full" alone.
  std::vector<std::string> recompute;
  std::optional<JobOptimizer> optimizer;
  std::optional<bool> epOverlap, tpOverlap, fusedLoss;
  std::string dispatcher, routing, cpCommType;
  std::string capacityFactor;         ///< a decimal number, "1.25"
  std::string kvCache;                ///< "bf16", "fp8" or empty
  std::optional<int64_t> draftTokens; ///< guessed ahead in each decode step
  std::string acceptance;             ///< of a guess, a decimal number
  std::vector<std::string> cudaGraph;
  std::string software; ///< "2026-03"

  bool isTraining() const { return mode.empty() || mode == "train"; }
};

} // namespace mlir::moe

#endif // MOE_EMIT_JOBWORKLOAD_H
