//===- PlanFormat.cpp - The plan file as a table --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Import/PlanFormat.h"

#include "moe/IR/EnumWords.h"
#include "moe/IR/WorkloadWords.h"

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
    key("topology", KeyKind::Paths,
        "paths, relative to the plan: Slurm's topology.conf or topology.yaml "
        "or "
        "a host file, and the output of nvidia-smi topo -m")
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
        "contiguous, round_robin, balanced or the path of a placement file")
        .suchAs("balanced")
        .otherwise("contiguous"),
};

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

static constexpr PlanKey groupKeys[] = {
    word<AxisKindAttr>("axis", "axis the groups are along").require(),
    ranks("count", "number of groups").suchAs("8"),
    ranks("size", "ranks of one group").suchAs("4"),
};
static constexpr PlanSection groupSection = {"moe.groups", "", false,
                                             groupKeys};

static constexpr PlanKey collectiveKeys[] = {
    word<AxisKindAttr>("axis", "axis it runs along"),
    text("for", "what it serves", "purpose").suchAs("expert routing"),
    word<CollectiveKindAttr>("kind", "collective operation").require(),
    quantity("time", Dimension::Seconds, "time of one", 0),
    text("per", "what happens once in that time").suchAs("layer"),
};
static constexpr PlanSection collectiveSection = {"moe.collective", "", false,
                                                  collectiveKeys};

static constexpr PlanKey moduleKeys[] = {
    text("name", "module", "module").suchAs("embedding").require(),
    matching(text("ranks", "ranks and ranges of ranks"),
             "^[0-9]+(-[0-9]+)?(, ?[0-9]+(-[0-9]+)?)*$", "0-3, 8"),
    text("device", "where a module without ranks runs").suchAs("host"),
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
  counts.example = "22, 21, 21";
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
             "share of the communication that is hidden", 0)
        .suchAs("50 %"),
    matching(text("utilized_ranks", "ranks in use, of all"),
             "^[0-9]+ of [0-9]+$", "3 of 128"),
};

static constexpr PlanKey claimKeys[] = {
    matching(text("id", "name by which other claims refer to it"),
             "^[A-Za-z][A-Za-z0-9_-]*$", "peak-memory")
        .require(),
    text("says", "equation, inequality or range over numbers and metrics")
        .suchAs("device_memory = 42.3 GB")
        .require(),
    text("quote", "words of the document the claim was taken from")
        .suchAs("42.3 GB used per GPU"),
    count("line", "line of that document").suchAs("7"),
    word<ProvenanceAttr>("source", "measured, modelled or assumed"),
};

static constexpr StringRef policyMetrics[] = {"device_memory",
                                              "memory_imbalance", "imbalance"};
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
    key("name", KeyKind::Name, "name of the plan", "sym_name")
        .suchAs("dsv3_1024")
        .otherwise("name of the file"),
    nested("model", KeyKind::Model,
           "path of a Hugging Face config.json, or its keys", modelSection)
        .suchAs("models/mixtral-8x22b/config.json")
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
    text("baseline", "path of another plan, for before and after")
        .suchAs("previous.json"),
    nested("claims", KeyKind::Objects, "numbers the author asserts",
           claimSection),
};

llvm::SmallVector<StringRef> PlanKey::possibleWords() const {
  llvm::SmallVector<StringRef> words = vocabulary->words();
  if (!choices.empty())
    llvm::erase_if(words, [&](StringRef word) {
      return !llvm::is_contained(choices, word);
    });
  return words;
}

const PlanSection &moe::planFormat() {
  static constexpr PlanSection plan = {"moe.plan", "", true, planKeys};
  return plan;
}
