//===- MegatronWorkloadFlags.cpp - A workload as flags of Megatron-LM -----===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// megatron/training/arguments.py of Megatron-LM, commit 000c4ac24f61 (after
// Megatron-Core 0.14), with what 0.16 added: --moe-flex-dispatcher-backend and
// several words for --cuda-graph-scope
// (megatron/core/transformer/moe/README.md).
//
//===----------------------------------------------------------------------===//

#include "FlagLines.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace mlir::moe {

//===--- Formats and batches ----------------------------------------------===//

static void addPrecision(StringRef precision, FlagLines &lines) {
  if (precision == "fp32")
    return;
  // Narrower formats are of products; parameters stay in bf16.
  lines.add(precision == "fp16" ? "fp16" : "bf16");
  if (precision == "nvfp4") {
    lines.add("fp4-format", Twine("e2m1"));
    lines.add("fp4-recipe", Twine("nvfp4"));
  } else if (precision == "mxfp8") {
    lines.add("fp8-format", Twine("e4m3"));
    lines.add("fp8-recipe", Twine("mxfp8"));
  } else if (precision == "fp8") {
    lines.comment("The plan says fp8, not which recipe: blockwise is that of "
                  "DeepSeek-V3; tensorwise and delayed are others");
    lines.add("fp8-format", Twine("e4m3"));
    lines.add("fp8-recipe", Twine("blockwise"));
  }
}

/// Why Megatron-LM cannot overlap the exchange of tokens; empty when it can.
/// What it asserts for that: framework-5 refuses a plan of Megatron-LM with
/// these settings, and other plans come here with them.
static std::string overlapProblem(const JobView &view) {
  const JobWorkload &workload = *view.workload;
  FrameworkJob job(view);
  if (!job.hasExperts() || job.ep == 1)
    return "no ranks exchange tokens";
  if (workload.dispatcher == "allgather")
    return "Megatron-LM overlaps the dispatchers alltoall and flex";
  if (job.pp > 1 && job.numChunks() == 1)
    return "in a pipeline Megatron-LM overlaps the chunks of a stage with each "
           "other, and there is one";
  if (is_contained(workload.recompute, "moe"))
    return "Megatron-LM overlaps no MoE layers that it computes again";
  if (workload.precision == "fp32")
    return "Megatron-LM overlaps in bf16 and fp16 alone";
  if (view.model && view.model->mtpLayers > 1)
    return "Megatron-LM overlaps one layer of multi-token prediction at most";
  return "";
}

bool overlapsMegatronExchange(const JobView &view) {
  const std::optional<JobWorkload> &workload = view.workload;
  return workload && workload->isTraining() &&
         workload->epOverlap.value_or(false) && overlapProblem(view).empty();
}

static void addRecompute(const JobView &view, FlagLines &lines) {
  const std::vector<std::string> &parts = view.workload->recompute;
  if (parts.empty())
    return;
  if (parts.front() == "full") {
    lines.add("recompute-granularity", Twine("full"));
    if (overlapsMegatronExchange(view))
      return lines.comment("Computed again by whole chunks of a stage, beside "
                           "--overlap-moe-expert-parallel-comm; older releases "
                           "refuse the two together");
    lines.add("recompute-method", Twine("uniform"));
    lines.add("recompute-num-layers", Twine(1));
    return;
  }
  lines.add("recompute-granularity", Twine("selective"));
  lines.add("recompute-modules", parts);
}

//===--- Optimizer --------------------------------------------------------===//

static void addOptimizerName(const JobOptimizer &optimizer, FlagLines &lines) {
  StringRef name = optimizer.name;
  if (name == "lion")
    return lines.notExpressed("optimizer name lion; Megatron-LM has adam, sgd "
                              "and muon");
  if (name == "adam")
    lines.notExpressed("optimizer name adam, without decoupled weight decay; "
                       "Megatron-LM's adam is AdamW");
  if (name == "adam" || name == "adamw")
    lines.add("optimizer", Twine("adam"));
  else if (name == "muon")
    lines.add(
        "optimizer",
        Twine(optimizer.sharding == "distributed" ? "dist_muon" : "muon"));
  else if (!name.empty())
    lines.add("optimizer", Twine(name));
}

static void excuseFormat(StringRef state, StringRef format, StringRef why,
                         FlagLines &lines) {
  lines.notExpressed("optimizer " + state + " " + Twine(format) + "; " + why);
}

/// Whether it is Megatron-LM's "distributed optimizer", which alone gathers
/// parameters beside computation and keeps states in other formats.
static bool isDistributed(const JobOptimizer &optimizer) {
  return optimizer.name != "muon" &&
         (optimizer.sharding == "distributed" || optimizer.sharding == "fsdp");
}

static void addSharding(const JobOptimizer &optimizer, FlagLines &lines) {
  if (optimizer.name == "muon") {
    // Muon shards by whole layers and refuses the flags of the others.
    lines.add("ckpt-format", Twine("torch"));
    if (optimizer.sharding == "fsdp")
      excuseFormat("sharding", "fsdp", "Megatron-LM's muon runs without FSDP",
                   lines);
    return;
  }
  if (optimizer.sharding == "fsdp") {
    lines.add("use-megatron-fsdp");
    lines.add("data-parallel-sharding-strategy", Twine("optim_grads_params"));
    // What Megatron-FSDP insists on.
    lines.add("no-gradient-accumulation-fusion");
    lines.add("ckpt-format", Twine("fsdp_dtensor"));
  }
  if (isDistributed(optimizer)) {
    lines.add("use-distributed-optimizer");
    lines.add("overlap-param-gather");
  }
}

/// An estimate hides the reduction of gradients behind the backward pass, and
/// the gathering of parameters behind the forward pass.
static void addReduction(const JobView &view, FlagLines &lines) {
  FrameworkJob job(view);
  const std::optional<JobOptimizer> &optimizer = view.workload->optimizer;
  if (optimizer)
    addSharding(*optimizer, lines);
  bool isSharded = optimizer && isDistributed(*optimizer);
  // --overlap-param-gather takes it even where there is nothing to reduce.
  if (!isSharded && job.dp * job.cp == 1)
    return;
  if (optimizer && optimizer->name == "muon")
    lines.comment("Megatron-LM refuses --overlap-grad-reduce with muon; an "
                  "estimate hides the reduction behind the backward pass");
  else
    lines.add("overlap-grad-reduce");
}

static bool isNarrow(StringRef format) {
  return !format.empty() && format != "fp32";
}

/// Formats of moments and main parameters, and states in host memory. Whether
/// that takes the precision-aware optimizer.
static bool addAwareFormats(const JobOptimizer &optimizer, FlagLines &lines) {
  constexpr StringRef why = "that needs Adam and "
                            "--use-distributed-optimizer";
  StringRef moments = optimizer.moments, master = optimizer.master;
  bool isPossible = isDistributed(optimizer);
  bool hasMoments = isPossible && isNarrow(moments);
  bool hasMaster = isPossible && master == "fp16";
  bool hasOffload = isPossible && !optimizer.offload.empty();
  if (hasMoments || hasMaster || hasOffload)
    lines.add("use-precision-aware-optimizer");
  if (hasMoments) {
    lines.add("exp-avg-dtype", Twine(moments));
    lines.add("exp-avg-sq-dtype", Twine(moments));
  } else if (isNarrow(moments)) {
    excuseFormat("moments", moments, why, lines);
  }
  if (hasMaster)
    lines.add("main-params-dtype", Twine(master));
  else if (isNarrow(master))
    excuseFormat("master", master,
                 isPossible ? "--main-params-dtype has fp32 and fp16" : why,
                 lines);
  if (hasOffload) {
    lines.add("optimizer-cpu-offload");
    lines.add("optimizer-offload-fraction", Twine(optimizer.offload));
  } else if (!optimizer.offload.empty()) {
    excuseFormat("offload", optimizer.offload, why, lines);
  }
  return hasMoments || hasMaster || hasOffload;
}

static void addStateFormats(const JobOptimizer &optimizer, FlagLines &lines) {
  bool isAware = addAwareFormats(optimizer, lines);
  if (optimizer.gradients == "fp16")
    excuseFormat("gradients", "fp16", "--main-grads-dtype has fp32 and bf16",
                 lines);
  if (optimizer.gradients != "bf16")
    return;
  lines.add("grad-reduce-in-bf16");
  if (isAware)
    lines.add("main-grads-dtype", Twine("bf16"));
}

//===--- Exchange and overlap ---------------------------------------------===//

/// Experts of a rank run as one grouped product, as an estimate has them.
static void addGrouping(StringRef precision, FlagLines &lines) {
  if (precision == "fp32" || precision == "fp16")
    lines.comment("Megatron-LM groups the products of experts in bf16 alone; "
                  "those of a rank run one after another");
  else
    lines.add("moe-grouped-gemm");
}

static void addRouting(const JobWorkload &workload, FlagLines &lines) {
  if (workload.routing != "balanced")
    return;
  lines.notExpressed("routing balanced; an even load is what an estimate "
                     "assumes. For benchmarks alone, the next line makes one: "
                     "it routes at random, and no model learns by it");
  lines.comment("--moe-router-force-load-balancing");
}

static void addDispatch(const JobView &view, FlagLines &lines) {
  const JobWorkload &workload = *view.workload;
  StringRef dispatcher = workload.dispatcher;
  if (dispatcher.empty()) {
    lines.comment("The plan states no dispatcher; an estimate names the one "
                  "it assumes, and Megatron-LM's default, allgather, is none "
                  "of them");
    lines.add("moe-token-dispatcher-type", Twine("alltoall"));
  } else if (dispatcher == "deepep" || dispatcher == "hybridep") {
    lines.add("moe-token-dispatcher-type", Twine("flex"));
    lines.add("moe-flex-dispatcher-backend", Twine(dispatcher));
  } else {
    lines.add("moe-token-dispatcher-type", Twine(dispatcher));
  }
  addGrouping(workload.precision, lines);
  addRouting(workload, lines);
  if (!workload.capacityFactor.empty())
    lines.add("moe-expert-capacity-factor", Twine(workload.capacityFactor));
}

/// Whether tensor-parallel ranks gather and scatter parts of the sequence.
static bool isSequenceParallel(const JobView &view) {
  return any_of(view.communicators, [](const JobCommunicator &group) {
    return group.name == "tp" &&
           is_contained(group.collectives, "reduce_scatter");
  });
}

static void addOverlap(const JobView &view, FlagLines &lines) {
  const JobWorkload &workload = *view.workload;
  if (overlapsMegatronExchange(view))
    lines.add("overlap-moe-expert-parallel-comm");
  else if (workload.epOverlap.value_or(false))
    lines.notExpressed("ep_overlap true; " + Twine(overlapProblem(view)));
  if (isSequenceParallel(view))
    lines.add("sequence-parallel");
  if (workload.tpOverlap.value_or(false)) {
    if (isSequenceParallel(view))
      lines.add("tp-comm-overlap");
    else
      lines.notExpressed("tp_overlap true; no ranks gather and scatter parts "
                         "of a sequence");
  }
  if (!workload.cpCommType.empty())
    lines.add("cp-comm-type", Twine(workload.cpCommType));
  if (workload.fusedLoss.value_or(false)) {
    lines.add("cross-entropy-loss-fusion");
    lines.add("cross-entropy-fusion-impl", Twine("te"));
  }
}

static void addCudaGraphs(const std::vector<std::string> &scopes,
                          FlagLines &lines) {
  if (scopes.empty())
    return;
  if (scopes.front() == "full" || scopes.front() == "full_iteration") {
    lines.add("cuda-graph-impl", Twine("local"));
    lines.add("cuda-graph-scope", Twine("full_iteration"));
    // A graph of the step cannot look at the loss.
    lines.add("no-check-for-nan-in-loss-and-grad");
    return;
  }
  lines.add("cuda-graph-impl", Twine("transformer_engine"));
  lines.add("cuda-graph-scope", scopes);
}

void addMegatronWorkload(const JobView &view, FlagLines &lines) {
  const JobWorkload &workload = *view.workload;
  if (!workload.isTraining())
    return lines.notExpressed("mode " + Twine(workload.mode) +
                              "; the training script only trains");
  lines.add("seq-length", workload.sequenceLength);
  // As many as there are; a model's own limit may be higher.
  lines.add("max-position-embeddings", workload.sequenceLength);
  lines.add("micro-batch-size", workload.microBatch);
  lines.add("global-batch-size", workload.globalBatch);
  addPrecision(workload.precision, lines);
  addRecompute(view, lines);
  if (workload.optimizer)
    addOptimizerName(*workload.optimizer, lines);
  addReduction(view, lines);
  if (workload.optimizer)
    addStateFormats(*workload.optimizer, lines);
  if (!view.placements.empty())
    addDispatch(view, lines);
  addOverlap(view, lines);
  addCudaGraphs(workload.cudaGraph, lines);
  if (!workload.software.empty())
    lines.notExpressed("software " + Twine(workload.software) +
                       "; install the Megatron-Core of that month");
}

} // namespace mlir::moe
