//===- PlanFormat.cpp - The plan file as a table --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Import/PlanFormat.h"

#include "moe/IR/EnumWords.h"

using namespace mlir;
using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// How a row is written
//===----------------------------------------------------------------------===//

template <typename AttrT>
static constexpr Vocabulary vocabularyOf() {
  using EnumT = decltype(std::declval<AttrT>().getValue());
  return {[] { return keywordsOf<EnumT>(); },
          [](MLIRContext *context, size_t index) -> Attribute {
            return AttrT::get(context, static_cast<EnumT>(index));
          },
          [](Attribute word) -> StringRef {
            return stringifyEnum(cast<AttrT>(word).getValue());
          }};
}
template <typename AttrT>
static constexpr Vocabulary vocabulary = vocabularyOf<AttrT>();

static constexpr PlanKey key(StringRef name, KeyKind kind,
                             StringRef description, StringRef attribute = {}) {
  PlanKey key{name, kind, description};
  key.attribute = attribute;
  return key;
}
static constexpr PlanKey text(StringRef name, StringRef description,
                              StringRef attribute = {}) {
  return key(name, KeyKind::Text, description, attribute);
}
static constexpr PlanKey matching(PlanKey text, StringRef pattern,
                                  StringRef example) {
  text.pattern = pattern;
  text.example = example;
  return text;
}
static constexpr PlanKey count(StringRef name, StringRef description,
                               int64_t max = maxCount) {
  PlanKey count = key(name, KeyKind::Count, description);
  count.max = max;
  return count;
}
static constexpr PlanKey ranks(StringRef name, StringRef description) {
  return count(name, description, maxRanks);
}
template <typename AttrT>
static constexpr PlanKey word(StringRef name, StringRef description) {
  PlanKey word = key(name, KeyKind::Word, description);
  word.vocabulary = &vocabulary<AttrT>;
  return word;
}
static constexpr PlanKey quantity(StringRef name, Dimension dimension,
                                  StringRef description, int64_t min = 1) {
  PlanKey quantity = key(name, KeyKind::Quantity, description);
  quantity.dimension = dimension;
  quantity.min = min;
  return quantity;
}
static constexpr PlanKey nested(StringRef name, KeyKind kind,
                                StringRef description,
                                const PlanSection &section) {
  PlanKey nested = key(name, kind, description);
  nested.section = &section;
  return nested;
}
static constexpr PlanKey bounds(StringRef name, StringRef description,
                                const PlanSection &section,
                                ArrayRef<StringRef> metrics) {
  PlanKey bounds = nested(name, KeyKind::Bounds, description, section);
  bounds.words = metrics;
  return bounds;
}

//===----------------------------------------------------------------------===//
// Cluster, workload, parallelism, experts
//===----------------------------------------------------------------------===//

static constexpr PlanKey clusterKeys[] = {
    text("gpu", "a preset (A100, H100, ...) or a name of your own"),
    ranks("nodes", "nodes"),
    ranks("gpus_per_node", "GPUs of one node"),
    ranks("world_size", "ranks, where fewer than there are GPUs"),
    quantity("gpu_memory", Dimension::Bytes, "memory of one GPU"),
    quantity("peak_bf16", Dimension::FlopPerSecond,
             "dense BF16 peak of one GPU"),
    quantity("peak_fp8", Dimension::FlopPerSecond, "dense FP8 peak of one GPU"),
    ranks("nvlink_domain", "GPUs that reach each other over NVLink"),
    quantity("intra_node", Dimension::BytesPerSecond,
             "NVLink bandwidth, per GPU and direction"),
    quantity("inter_node", Dimension::BytesPerSecond,
             "bandwidth between nodes, per GPU and direction"),
    text("topology", "path of a Slurm topology.conf, relative to the plan"),
    text("source", "where the figures come from"),
};

static constexpr PlanKey optimizerKeys[] = {
    text("name", "optimizer"),
    word<PrecisionAttr>("moments", "number format of both moments"),
    word<PrecisionAttr>("gradients", "number format of the main gradients"),
    word<PrecisionAttr>("master", "number format of the main parameters"),
    word<StateShardingAttr>("sharding", "none, distributed (ZeRO-1) or fsdp"),
};
static constexpr PlanSection optimizerSection = {"", "", false, optimizerKeys};

static constexpr StringRef recomputeWords[] = {"none", "full"};
static constexpr PlanKey recomputeKey() {
  PlanKey recompute =
      key("recompute", KeyKind::WordOrTexts,
          "none, full, or modules as of Megatron's --recompute-modules");
  recompute.words = recomputeWords;
  return recompute;
}

static constexpr PlanKey workloadKeys[] = {
    word<ModeAttr>("mode", "train, prefill or decode"),
    count("sequence_length", "tokens of one sequence"),
    count("context_length", "decode: tokens in the KV cache of a request"),
    count("micro_batch", "sequences of one micro-batch, per replica"),
    count("global_batch", "sequences of one step over all replicas"),
    count("batch", "decode: requests in flight per replica"),
    word<PrecisionAttr>("precision", "number format of weights and products"),
    recomputeKey(),
    nested("optimizer", KeyKind::Record, "optimizer and its states",
           optimizerSection),
    key("ep_overlap", KeyKind::Flag,
        "token exchange overlaps with computation"),
    word<DispatcherAttr>("dispatcher", "token dispatcher"),
    word<RoutingKindAttr>("routing", "balanced or natural"),
    key("capacity_factor", KeyKind::Number,
        "with token dropping: capacity of an expert over the mean"),
    key("cuda_graph", KeyKind::Texts, "Megatron's CUDA graph scopes, or full"),
    matching(text("software", "year and month of the framework release"),
             "^[0-9]{4}-(0[1-9]|1[0-2])$", "2026-08"),
};

static constexpr PlanKey degreeKey() {
  PlanKey degree = key("dp", KeyKind::Degree,
                       "data-parallel size, or auto: what the equation leaves");
  degree.max = maxRanks;
  return degree;
}
static constexpr PlanKey parallelismKeys[] = {
    word<GridRuleAttr>("rule", "folded (default) or product"),
    ranks("tp", "tensor-parallel size"),
    ranks("cp", "context-parallel size"),
    ranks("pp", "pipeline stages"),
    ranks("vpp", "chunks of layers per pipeline stage"),
    degreeKey(),
    ranks("ep", "expert-parallel size"),
    ranks("etp", "tensor-parallel size inside an expert"),
    text("order", "axes from the smallest stride, as tp-cp-ep-dp-pp"),
    text("layout", "Megatron's --pipeline-model-parallel-layout, or uniform"),
};

static constexpr PlanKey expertKeys[] = {
    ranks("slots_per_rank", "expert slots of a rank in each layer"),
    word<DispatchRuleAttr>("dispatch", "how replicas share their tokens"),
    text("loads", "path of recorded expert loads, relative to the plan"),
    key("placement", KeyKind::Placement,
        "contiguous, round_robin, balanced or the path of a placement file"),
};

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

static constexpr PlanKey groupKeys[] = {
    word<AxisKindAttr>("axis", "axis the groups are along").require(),
    ranks("count", "number of groups"),
    ranks("size", "ranks of one group"),
};
static constexpr PlanSection groupSection = {"moe.groups", "", false,
                                             groupKeys};

static constexpr PlanKey collectiveKeys[] = {
    word<AxisKindAttr>("axis", "axis it runs along"),
    text("for", "what it serves", "purpose"),
    word<CollectiveKindAttr>("kind", "collective operation").require(),
    quantity("time", Dimension::Seconds, "time of one", 0),
    text("per", "what happens once in that time"),
};
static constexpr PlanSection collectiveSection = {"moe.collective", "", false,
                                                  collectiveKeys};

static constexpr PlanKey moduleKeys[] = {
    text("name", "module", "module").require(),
    matching(text("ranks", "ranks and ranges of ranks"),
             "^[0-9]+(-[0-9]+)?(, ?[0-9]+(-[0-9]+)?)*$", "0-3, 8"),
    text("device", "where a module without ranks runs"),
};
static constexpr PlanSection moduleSection = {"moe.module", "", false,
                                              moduleKeys};

static constexpr PlanSection expertCountSection = {
    "moe.expert_counts", "", false, {}};
static constexpr PlanKey expertCountsKey() {
  PlanKey counts = nested("experts_per_rank", KeyKind::Counts,
                          "experts of a layer on each rank, in rank order",
                          expertCountSection);
  counts.attribute = "counts";
  counts.min = 0;
  return counts;
}

static constexpr PlanKey statedKeys[] = {
    nested("groups", KeyKind::Objects, "groups of ranks", groupSection),
    expertCountsKey(),
    nested("collectives", KeyKind::Objects, "collective operations",
           collectiveSection),
    nested("modules", KeyKind::Objects, "modules and where they sit",
           moduleSection),
    quantity("overlap", Dimension::Ratio,
             "share of the communication that is hidden", 0),
    matching(text("utilized_ranks", "ranks in use, of all"),
             "^[0-9]+ of [0-9]+$", "3 of 128"),
};

static constexpr PlanKey claimKeys[] = {
    matching(text("id", "name by which other claims refer to it"),
             "^[A-Za-z][A-Za-z0-9_-]*$", "peak-memory")
        .require(),
    text("says", "equation, inequality or range over numbers and metrics")
        .require(),
    text("quote", "words of the document the claim was taken from"),
    count("line", "line of that document"),
    word<ProvenanceAttr>("source", "measured, modelled or assumed"),
};

static constexpr StringRef policyMetrics[] = {"device_memory", "imbalance"};
static constexpr StringRef targetMetrics[] = {
    "gpu_utilization",
    "compute_utilization",
    "memory_utilization",
    "memory_variance",
    "communication_latency",
    "imbalance",
    "throughput",
    "latency",
    "tpot",
};

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

static constexpr PlanSection modelSection = {"moe.model", "model", true, {}};
static constexpr PlanSection clusterSection = {"moe.cluster", "cluster", false,
                                               clusterKeys};
static constexpr PlanSection workloadSection = {"moe.workload", "workload",
                                                false, workloadKeys};
static constexpr PlanSection parallelismSection = {
    "moe.parallelism", "parallelism", false, parallelismKeys};
static constexpr PlanSection expertSection = {"moe.distribution", "experts",
                                              false, expertKeys};
static constexpr PlanSection statedSection = {"moe.stated", "", true,
                                              statedKeys};
static constexpr PlanSection policySection = {"moe.policy", "", false, {}};
static constexpr PlanSection targetSection = {"moe.target", "", false, {}};
static constexpr PlanSection claimSection = {"moe.claim", "", false, claimKeys};

static constexpr PlanKey planKeys[] = {
    key("schema", KeyKind::Schema, "version of this format").require(),
    key("name", KeyKind::Name, "name of the plan; else that of the file",
        "sym_name"),
    nested("model", KeyKind::Model,
           "path of a Hugging Face config.json, or its keys", modelSection)
        .require(),
    nested("cluster", KeyKind::Object, "the machines", clusterSection)
        .require(),
    nested("workload", KeyKind::Object, "batches, and how they are run",
           workloadSection),
    nested("parallelism", KeyKind::Object, "degrees of parallelism",
           parallelismSection)
        .require(),
    word<FrameworkAttr>("framework", "framework that runs the plan"),
    nested("experts", KeyKind::Object, "how experts are spread over ranks",
           expertSection),
    bounds("policy", "ranges the plan shall stay in", policySection,
           policyMetrics),
    nested("stated", KeyKind::Object,
           "what a document says about the structure of its plan",
           statedSection),
    bounds("targets", "what the running job is monitored against",
           targetSection, targetMetrics),
    text("baseline", "path of another plan, for before and after"),
    nested("claims", KeyKind::Objects, "numbers the author asserts",
           claimSection),
};

const PlanSection &moe::planFormat() {
  static constexpr PlanSection plan = {"moe.plan", "", true, planKeys};
  return plan;
}
