//===- PlanSections.cpp - Cluster, workload, parallelism, experts ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanKeys.h"
#include "moe/IR/WorkloadWords.h"

using namespace mlir;
using namespace mlir::moe;
using namespace mlir::moe::planfile;

static constexpr PlanKey clusterKeys[] = {
    text("gpu", "a preset (A100, H100, ...) or a name of your own")
        .suchAs("H100"),
    ranks("nodes", "nodes").suchAs("16"),
    ranks("gpus_per_node", "GPUs of one node")
        .suchAs("8")
        .otherwise("of the preset"),
    ranks("world_size", "ranks, where fewer than there are GPUs")
        .suchAs("128")
        .otherwise("nodes x gpus_per_node"),
    quantity("gpu_memory", Dimension::Bytes, "memory of one GPU")
        .otherwise("of the preset"),
    quantity("peak_bf16", Dimension::FlopPerSecond,
             "dense BF16 peak of one GPU")
        .otherwise("of the preset"),
    quantity("peak_fp8", Dimension::FlopPerSecond, "dense FP8 peak of one GPU")
        .suchAs("1979 TFLOPS")
        .otherwise("of the preset"),
    quantity("memory_bandwidth", Dimension::BytesPerSecond,
             "bandwidth of the memory of one GPU")
        .suchAs("3.35 TB/s")
        .otherwise("of the preset"),
    ranks("nvlink_domain", "GPUs that reach each other over NVLink")
        .suchAs("72")
        .otherwise("of the preset"),
    quantity("intra_node", Dimension::BytesPerSecond,
             "NVLink bandwidth, per GPU and direction")
        .otherwise("of the preset"),
    quantity("inter_node", Dimension::BytesPerSecond,
             "bandwidth between nodes, per GPU and direction")
        .suchAs("50 GB/s")
        .otherwise("of the preset"),
    quantity("host_link", Dimension::BytesPerSecond,
             "bandwidth to the memory of the host, per GPU and direction")
        .suchAs("55 GB/s"),
    key("topology", KeyKind::Paths,
        "paths, relative to the plan: Slurm's topology.conf or topology.yaml "
        "or a host file, and the output of nvidia-smi topo -m")
        .suchAs("topology.conf"),
    ranks("nodes_per_switch", "nodes that share a leaf switch")
        .suchAs("16")
        .otherwise("of the topology file"),
    word<RankOrderAttr>("rank_order",
                        "given, or by_traffic: ranks that exchange most share "
                        "hosts and switches")
        .otherwise("given"),
    text("source", "where the figures come from").suchAs("vendor data sheet"),
};

static constexpr PlanKey optimizerKeys[] = {
    text("name", "optimizer").suchAs("adamw").among(optimizerNames),
    word<PrecisionAttr>("moments", "number format of the moments")
        .among(momentFormats),
    word<PrecisionAttr>("gradients", "number format of the main gradients")
        .among(gradientFormats),
    word<PrecisionAttr>("master", "number format of the main parameters")
        .among(masterFormats),
    word<StateShardingAttr>("sharding", "none, distributed (ZeRO-1) or fsdp"),
    share("offload", "share of the parameters whose states host memory keeps")
        .suchAs("0.5")
        .otherwise("none"),
};
static constexpr PlanSection optimizerSection = {"", "", false, optimizerKeys};

static constexpr PlanKey recomputeKey() {
  PlanKey recompute =
      key("recompute", KeyKind::WordOrTexts,
          "none, full, or modules as of Megatron's --recompute-modules")
          .among(recomputedParts);
  recompute.words = recomputeWords;
  recompute.example = "mla_up_proj, mlp";
  return recompute;
}

/// More guesses than this are never all right.
static constexpr PlanKey drafts() {
  return count("draft_tokens",
               "decode: tokens that prediction layers guess ahead in each pass",
               /*max=*/64)
      .suchAs("1")
      .otherwise("no token is guessed");
}

static constexpr PlanKey workloadKeys[] = {
    word<ModeAttr>("mode", "train, prefill or decode"),
    count("sequence_length", "tokens of one sequence").suchAs("4096"),
    count("context_length", "decode: tokens in the KV cache of a request")
        .suchAs("4989"),
    count("micro_batch", "sequences of one micro-batch, per replica")
        .suchAs("1"),
    count("global_batch", "sequences of one step over all replicas")
        .suchAs("8192"),
    count("batch", "serving: requests in flight per replica; prefill: those of "
                   "one pass")
        .suchAs("88"),
    word<PrecisionAttr>("kv_cache", "serving: number format of keys and values")
        .among(cacheFormats)
        .otherwise("bf16"),
    drafts(),
    share("acceptance", "decode: chance that a drafted token is right where "
                        "those before it are")
        .suchAs("0.85"),
    word<PrecisionAttr>("precision", "number format of weights and products")
        .otherwise("bf16"),
    recomputeKey(),
    nested("optimizer", KeyKind::Record, "optimizer and its states",
           optimizerSection),
    key("ep_overlap", KeyKind::Flag,
        "token exchange overlaps with computation"),
    key("tp_overlap", KeyKind::Flag,
        "products run on parts of what tensor-parallel ranks gather and "
        "scatter, as with Megatron's --tp-comm-overlap"),
    word<DispatcherAttr>("dispatcher", "token dispatcher"),
    word<RoutingKindAttr>("routing", "balanced or natural"),
    key("capacity_factor", KeyKind::Number,
        "with token dropping: capacity of an expert over the mean")
        .suchAs("1.0")
        .otherwise("no token is dropped"),
    word<ContextExchangeAttr>(
        "cp_comm_type", "what context-parallel ranks exchange: keys and values "
                        "in a ring (p2p) or gathered, or heads (a2a)")
        .otherwise("p2p"),
    key("fused_loss", KeyKind::Flag,
        "one kernel computes the loss in the place of the logits")
        .otherwise("false"),
    key("cuda_graph", KeyKind::Texts,
        "Megatron's CUDA graph scopes; full or full_iteration: the whole step")
        .suchAs("attn, moe_router")
        .among(graphScopes),
    matching(text("software", "year and month of the framework release"),
             "^[0-9]{4}-(0[1-9]|1[0-2])$", "2026-08"),
};

static constexpr PlanKey degreeKey() {
  PlanKey degree = key("dp", KeyKind::Degree,
                       "data-parallel size, or auto: what the equation leaves");
  degree.max = maxRanks;
  degree.example = "auto";
  degree.absent = "auto";
  return degree;
}
/// Orders of a pipeline, called as people call them.
static constexpr std::pair<StringRef, Schedule> scheduleWords[] = {
    {"1f1b", Schedule::OneFOneB},
    {"interleaved", Schedule::Interleaved},
    {"zero_bubble", Schedule::ZeroBubble},
    {"dualpipe", Schedule::DualPipe}};
static constexpr Vocabulary scheduleVocabulary = {
    [] {
      SmallVector<StringRef> words;
      for (const auto &row : scheduleWords)
        words.push_back(row.first);
      return words;
    },
    [](MLIRContext *context, size_t index) -> Attribute {
      return ScheduleAttr::get(context, scheduleWords[index].second);
    },
    [](Attribute word) -> StringRef {
      Schedule schedule = cast<ScheduleAttr>(word).getValue();
      for (const auto &row : scheduleWords)
        if (row.second == schedule)
          return row.first;
      return stringifyEnum(schedule);
    }};

static constexpr PlanKey scheduleKey() {
  PlanKey schedule =
      key("schedule", KeyKind::Word,
          "order of passes on the stages of a pipeline: 1f1b, interleaved, "
          "zero_bubble (ZB-H1) or dualpipe");
  schedule.vocabulary = &scheduleVocabulary;
  schedule.absent = "1f1b; interleaved with vpp";
  return schedule;
}
static constexpr PlanKey parallelismKeys[] = {
    word<GridRuleAttr>("rule", "folded or product").otherwise("folded"),
    ranks("tp", "tensor-parallel size").suchAs("2").otherwise("1"),
    ranks("cp", "context-parallel size").suchAs("1").otherwise("1"),
    ranks("pp", "pipeline stages").suchAs("8").otherwise("1"),
    ranks("vpp", "chunks of layers per pipeline stage")
        .suchAs("4")
        .otherwise("1"),
    degreeKey(),
    ranks("ep", "expert-parallel size").suchAs("64").otherwise("1"),
    ranks("etp", "tensor-parallel size inside an expert")
        .suchAs("1")
        .otherwise("1; tp under the product rule or Megatron-Core"),
    text("order", "axes from the smallest stride, as tp-cp-ep-dp-pp")
        .suchAs("tp-cp-ep-dp-pp")
        .otherwise("tp-cp-ep-dp-pp"),
    text("layout", "Megatron's --pipeline-model-parallel-layout, or uniform")
        .suchAs("Et*3|(tt|)*29m|L")
        .otherwise("an even split, uneven where it must be"),
    scheduleKey(),
};

static constexpr PlanKey expertKeys[] = {
    ranks("slots_per_rank", "expert slots of a rank in each layer")
        .suchAs("2")
        .otherwise("experts / ep"),
    word<DispatchRuleAttr>("dispatch", "how replicas share their tokens")
        .otherwise("weighted"),
    text("loads", "path of recorded expert loads, relative to the plan")
        .suchAs("loads.json"),
    key("placement", KeyKind::Placement,
        "contiguous, round_robin, balanced or the path of a placement file",
        "placed")
        .suchAs("balanced")
        .otherwise("contiguous"),
};

constexpr PlanSection moe::clusterSection = {"moe.cluster", "cluster", false,
                                             clusterKeys};
constexpr PlanSection moe::workloadSection = {"moe.workload", "workload", false,
                                              workloadKeys};
constexpr PlanSection moe::parallelismSection = {
    "moe.parallelism", "parallelism", false, parallelismKeys};
constexpr PlanSection moe::expertSection = {"moe.distribution", "experts",
                                            false, expertKeys};
