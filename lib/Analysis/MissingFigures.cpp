//===- MissingFigures.cpp - What an estimate needs and a plan lacks -------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/CostJob.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Collects names, each once.
class Missing {
public:
  void need(StringRef name, bool known, StringRef neededFor) {
    auto same = [&](const MissingFigure &figure) {
      return figure.name == name;
    };
    if (!known && llvm::none_of(figures, same))
      figures.push_back({name.str(), neededFor.str()});
  }
  std::vector<MissingFigure> figures;
};
} // namespace

static void needAttention(Missing &missing, const ModelFigures &model,
                          const LayerRun &run) {
  missing.need("model.num_attention_heads", run.heads.has_value(), "attention");
  if (!run.isLatentAttention()) {
    missing.need("model.num_key_value_heads", run.kvHeads.has_value(),
                 "attention");
    missing.need("model.head_dim", headDimOf(model, run).has_value(),
                 "attention");
    return;
  }
  missing.need("model.qk_nope_head_dim", run.qkNopeDim.has_value(),
               "latent attention");
  missing.need("model.qk_rope_head_dim", run.qkRopeDim.has_value(),
               "latent attention");
  missing.need("model.v_head_dim", run.vHeadDim.has_value(),
               "latent attention");
}

static void needRun(Missing &missing, const ModelFigures &model,
                    const LayerRun &run) {
  needAttention(missing, model, run);
  if (!run.sparse)
    return missing.need("model.intermediate_size", run.ffnWidth.has_value(),
                        "the dense feed-forward blocks");
  missing.need("model.num_experts", run.experts.has_value(), "the experts");
  missing.need("model.num_experts_per_tok", run.topK.has_value(),
               "the tokens each expert sees");
  missing.need("model.moe_intermediate_size", run.expertWidth.has_value(),
               "the size of an expert");
  if (run.sharedExperts > 0)
    missing.need("model.shared_expert_intermediate_size",
                 run.sharedWidth.has_value(), "the shared experts");
}

/// What a model without any layer needs besides: all of it at once.
static void needLayers(Missing &missing, const ModelFigures &model) {
  needAttention(missing, model, LayerRun(model.hidden.where));
  missing.need("model.intermediate_size", false,
               "the dense feed-forward blocks; for experts num_experts, "
               "num_experts_per_tok and moe_intermediate_size");
}

static void needModel(Missing &missing, const ModelFigures &model) {
  missing.need("model.hidden_size", bool(model.hidden), "every block");
  missing.need("model.num_hidden_layers", bool(model.layers), "every stage");
  missing.need("model.vocab_size", bool(model.vocab),
               "embedding, output head and logits");
  missing.need("model.gated", model.gated.has_value(),
               "the matrices of a feed-forward block");
  if (model.runs.empty())
    needLayers(missing, model);
  for (const LayerRun &run : model.runs)
    needRun(missing, model, run);
}

static void needCluster(Missing &missing, const ClusterFigures &cluster) {
  missing.need("cluster.nodes", bool(cluster.worldSize), "the ranks");
  missing.need("cluster.gpu_memory", cluster.gpuMemory.has_value(),
               "whether the plan fits");
  missing.need("cluster.peak_bf16", cluster.peakBf16.has_value(),
               "the time of computation");
  missing.need("cluster.memory_bandwidth", cluster.memoryBandwidth.has_value(),
               "the time of what memory bounds");
  missing.need("cluster.intra_node", cluster.intraNode.has_value(),
               "the time of communication inside a node");
  missing.need("cluster.inter_node", cluster.interNode.has_value(),
               "the time of communication between nodes");
}

static void needWorkload(Missing &missing, const WorkloadFigures &workload) {
  missing.need("workload.mode", workload.mode.has_value(),
               "what a pass does: train, prefill or decode");
  if (workload.mode == Mode::Decode)
    missing.need("workload.context_length", bool(workload.contextLength),
                 "the KV cache");
  else
    missing.need("workload.sequence_length", bool(workload.sequenceLength),
                 "the tokens of a sequence");
  if (!workload.isTraining())
    return missing.need("workload.batch", bool(workload.batch),
                        workload.mode == Mode::Decode
                            ? "the requests that get a token in each pass"
                            : "the sequences of a pass");
  missing.need("workload.micro_batch", bool(workload.microBatch),
               "the sequences of a pass");
  missing.need("workload.global_batch", bool(workload.globalBatch),
               "the passes of a step");
}

/// What keys ask for that only some plans have.
static void needFor(Missing &missing, const PlanModel &plan) {
  const WorkloadFigures &workload = plan.workload;
  if (workload.isTraining() && workload.offload)
    missing.need("cluster.host_link", plan.cluster.hostLink.has_value(),
                 "the time of updating states in host memory");
  if (workload.mode == Mode::Decode && workload.draftTokens)
    missing.need("workload.acceptance", workload.acceptance.has_value(),
                 "the tokens that a pass with drafts yields");
}

std::vector<MissingFigure> moe::missingFigures(const PlanModel &plan) {
  Missing missing;
  needModel(missing, plan.model);
  needCluster(missing, plan.cluster);
  needWorkload(missing, plan.workload);
  needFor(missing, plan);
  return missing.figures;
}
