//===- PlanModel.h - A plan as plain figures --------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The adapter between `moe.plan` and everything that computes: each figure of
// a plan with its value, where it comes from and where a message about it
// points. `auto` and framework defaults are resolved here, once; nothing below
// reads plan operations.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_PLANMODEL_H
#define MOE_ANALYSIS_PLANMODEL_H

#include "moe/IR/MoE.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// Who gave a figure its value.
enum class Origin { Absent, Stated, Default, Preset, Derived };

/// One whole number of a plan.
struct Figure {
  std::string name; ///< key of the plan file: "tp", "hidden_size", ...
  std::optional<int64_t> value;
  Origin origin = Origin::Absent;
  /// For a reader: "stated", "default of Megatron-Core: follows tp",
  /// "derived: 1024 / (2 x 1 x 8)".
  std::string source;
  /// Where an author would edit it.
  Location where;

  Figure(std::string name, Location where)
      : name(std::move(name)), where(where) {}
  explicit operator bool() const { return value.has_value(); }
  int64_t operator*() const { return *value; }
  void set(int64_t number, Origin from, std::string why) {
    value = number;
    origin = from;
    source = std::move(why);
  }
};

/// A run of identical layers, [begin, end).
struct LayerRun {
  std::string name;
  int64_t begin = 0, end = 0;
  bool sparse = false;
  Location where;
  std::optional<int64_t> heads, kvHeads, headDim;
  std::optional<int64_t> qLoraRank, kvLoraRank, qkNopeDim, qkRopeDim, vHeadDim;
  std::optional<int64_t> slidingWindow;
  std::optional<QkNorm> qkNorm;
  std::optional<int64_t> ffnWidth;
  std::optional<int64_t> experts, topK, expertWidth, sharedWidth;
  std::optional<int64_t> routerGroups, routerTopGroups;
  int64_t sharedExperts = 0;

  explicit LayerRun(Location where) : where(where) {}
  int64_t size() const { return end - begin; }
  /// Multi-head latent attention (DeepSeek-V2 and later).
  bool isLatentAttention() const { return kvLoraRank.has_value(); }
};

struct ModelFigures {
  std::string type; ///< "deepseek_v3"; empty when unknown
  Figure hidden, vocab, layers;
  int64_t mtpLayers = 0;
  std::optional<bool> gated, tiedEmbeddings;
  std::vector<int64_t> quantizationBlock;
  std::vector<LayerRun> runs;
  /// Names of figures that carry the default of their configuration class.
  std::vector<std::string> assumed;
  /// Parts of the model that none of these figures describes.
  std::vector<std::string> notDescribed;

  explicit ModelFigures(Location where)
      : hidden("hidden_size", where), vocab("vocab_size", where),
        layers("num_hidden_layers", where) {}
  /// The first run of MoE layers, or null.
  const LayerRun *firstSparse() const;
};

struct ClusterFigures {
  std::string gpu;
  Figure nodes, gpusPerNode;
  /// GPUs of the cluster, as far as known.
  Figure gpus;
  /// Ranks of the job.
  Figure worldSize;
  Figure nvlinkDomain;
  /// Stated, or of the preset.
  std::optional<Quantity> gpuMemory, peakBf16, peakFp8, memoryBandwidth,
      intraNode, interNode, hostLink;
  /// Of the preset.
  std::optional<Quantity> peakFp4;
  /// What programs may use of `gpuMemory`: all, unless the preset knows better.
  std::optional<Quantity> usableMemory;
  std::string source; ///< where the figures come from; empty when not given
  Location gpuWhere, peakBf16Where, peakFp8Where, sourceWhere;

  explicit ClusterFigures(Location where)
      : nodes("nodes", where), gpusPerNode("gpus_per_node", where),
        gpus("gpus", where), worldSize("world_size", where),
        nvlinkDomain("nvlink_domain", where), gpuWhere(where),
        peakBf16Where(where), peakFp8Where(where), sourceWhere(where) {}
};

/// Degrees, all resolved that can be.
struct Degrees {
  GridRule rule = GridRule::Folded;
  bool ruleStated = false;
  Figure tp, cp, pp, vpp, dp, ep, etp, edp;
  /// The `etp` that a plan under the product rule states. The rule has none of
  /// its own (mesh-8): `etp` is `tp` there.
  std::optional<int64_t> overruledEtp;
  /// Axes from the smallest stride, "tp-cp-ep-dp-pp".
  std::string order;
  Location orderWhere;
  std::optional<std::string> layout;
  Location layoutWhere;
  /// As stated.
  std::optional<Schedule> schedule;
  Location scheduleWhere;

  explicit Degrees(Location where)
      : tp("tp", where), cp("cp", where), pp("pp", where), vpp("vpp", where),
        dp("dp", where), ep("ep", where), etp("etp", where), edp("edp", where),
        orderWhere(where), layoutWhere(where), scheduleWhere(where) {}
};

struct WorkloadFigures {
  std::optional<Mode> mode;
  Figure sequenceLength, contextLength, microBatch, globalBatch, batch;
  /// Of decode: tokens guessed in a pass, and the chance of the next to be
  /// right.
  Figure draftTokens;
  std::optional<double> acceptance;
  std::optional<Precision> kvCache;
  Precision precision = Precision::BF16;
  Location precisionWhere;
  /// Rows sent per row of balanced routing, in thousandths; nothing when no
  /// token is dropped.
  std::optional<int64_t> capacityPermille;
  Location capacityWhere;
  /// Where the optimizer is described, if it is.
  std::optional<Location> optimizer;
  /// As stated: sharding and number formats of gradients and states.
  std::string optimizerName; ///< "adamw"; empty when not given
  std::optional<StateSharding> sharding;
  std::optional<Precision> gradients, master, moments;
  /// Share of the states in host memory.
  std::optional<double> offload;
  std::optional<Dispatcher> dispatcher;
  /// Modules that the backward pass computes again, as Megatron names them;
  /// "full" alone: whole layers.
  std::vector<std::string> recompute;
  bool recomputeStated = false;
  Location recomputeWhere;
  std::optional<bool> expertOverlap, tensorOverlap;
  std::optional<RoutingKind> routing;
  std::optional<ContextExchange> contextExchange;
  std::optional<bool> fusedLoss;
  bool cudaGraph = false;
  bool cudaGraphStated = false;
  /// CUDA graphs hold the whole step.
  bool stepGraph = false;
  /// Year x 12 + month of the framework release; 0: not stated.
  int64_t softwareMonth = 0;

  explicit WorkloadFigures(Location where)
      : sequenceLength("sequence_length", where),
        contextLength("context_length", where),
        microBatch("micro_batch", where), globalBatch("global_batch", where),
        batch("batch", where), draftTokens("draft_tokens", where),
        precisionWhere(where), capacityWhere(where), recomputeWhere(where) {}
  bool isTraining() const { return mode.value_or(Mode::Train) == Mode::Train; }
};

/// Tokens counted in a running job, of one run of layers.
struct RecordedTokens {
  std::string layers; ///< name of the run
  ElementsAttr table; ///< per expert, or per layer and expert
  Location where;
};

struct DistributionFigures {
  Location where;
  Figure slotsPerRank;
  DispatchRule dispatch = DispatchRule::Weighted;
  PlacementKind placement = PlacementKind::Contiguous;
  std::vector<RecordedTokens> recorded;

  explicit DistributionFigures(Location where)
      : where(where), slotsPerRank("slots_per_rank", where) {}
};

/// A plan, resolved.
struct PlanModel {
  std::string name;
  std::optional<Framework> framework;
  Location where;
  ClusterFigures cluster;
  ModelFigures model;
  Degrees degrees;
  WorkloadFigures workload;
  DistributionFigures distribution;

  explicit PlanModel(PlanOp plan);
};

/// "a x b" as a number; nothing when a factor is absent or the product does
/// not fit 63 bits.
std::optional<int64_t> product(std::initializer_list<const Figure *> factors);

/// What messages call a framework: `megatron ~> Megatron-Core`.
llvm::StringRef displayName(Framework framework);

} // namespace mlir::moe

#endif // MOE_ANALYSIS_PLANMODEL_H
