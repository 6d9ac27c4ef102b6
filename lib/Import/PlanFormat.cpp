//===- PlanFormat.cpp - The plan file as a table --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanKeys.h"

using namespace mlir;
using namespace mlir::moe;
using namespace mlir::moe::planfile;

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
