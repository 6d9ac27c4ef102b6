//===- MegatronModelFlags.cpp - A model as flags of Megatron-LM -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// megatron/training/arguments.py of Megatron-LM, commit 000c4ac24f61 (after
// Megatron-Core 0.14). One attention, one dense and one sparse block serve all
// layers there; which layers have experts is a pattern.
//
//===----------------------------------------------------------------------===//

#include "FlagLines.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace mlir::moe {

static void addLatentAttention(const JobAttention &attention,
                               FlagLines &lines) {
  lines.add("multi-latent-attention");
  lines.add("q-lora-rank", attention.qLoraRank);
  lines.add("kv-lora-rank", attention.kvLoraRank);
  lines.add("qk-head-dim", attention.qkNopeHeadDim);
  lines.add("qk-pos-emb-head-dim", attention.qkRopeHeadDim);
  lines.add("v-head-dim", attention.vHeadDim);
}

static void addAttention(const JobAttention &attention, FlagLines &lines) {
  lines.add("num-attention-heads", attention.heads);
  if (attention.kvLoraRank)
    addLatentAttention(attention, lines);
  if (attention.kvHeads && attention.kvHeads != attention.heads) {
    lines.add("group-query-attention");
    lines.add("num-query-groups", attention.kvHeads);
  }
  lines.add("kv-channels", attention.headSize);
  if (attention.qkNorm == "per_head")
    lines.add("qk-layernorm");
  else if (!attention.qkNorm.empty())
    lines.notExpressed("a norm over the queries and keys of all heads; "
                       "--qk-layernorm has one for each head");
  if (!attention.slidingWindow)
    return;
  lines.add("window-size", formatv("{0},0", *attention.slidingWindow));
  lines.comment("Which layers have the window the plan does not say: "
                "--window-attn-skip-freq");
}

/// `([0]*3+[1]*58)`: 1 for each layer with experts.
static std::string layerPattern(const JobModel &model) {
  std::string pattern;
  for (const JobLayers &run : model.runs)
    pattern += formatv("{0}[{1}]*{2}", pattern.empty() ? "" : "+",
                       run.experts ? 1 : 0, run.end - run.begin)
                   .str();
  return "(" + pattern + ")";
}

static void addExperts(const JobModel &model, const JobExperts &experts,
                       FlagLines &lines) {
  lines.add("num-experts", experts.count);
  if (any_of(model.runs, [](const JobLayers &run) { return !run.experts; }))
    lines.add("moe-layer-freq", Twine(layerPattern(model)));
  lines.add("moe-ffn-hidden-size", experts.width);
  lines.add("moe-shared-expert-intermediate-size", experts.sharedWidth);
  lines.add("moe-router-topk", experts.topK);
  if (!experts.score.empty())
    lines.add("moe-router-score-function", Twine(experts.score));
  // The softmax of a single score is 1, which no gradient gets through.
  if (experts.topK == 1 && experts.score != "sigmoid")
    lines.add("moe-router-pre-softmax");
  lines.add("moe-router-num-groups", experts.groups);
  lines.add("moe-router-group-topk", experts.topGroups);
}

/// Says which runs of layers are not like the first of their kind.
static void addDifferences(const JobModel &model, const JobLayers *dense,
                           const JobLayers *sparse, FlagLines &lines) {
  for (const JobLayers &run : model.runs) {
    const JobLayers *like = run.experts ? sparse : dense;
    if (!(run.attention == model.runs.front().attention))
      lines.notExpressed(formatv("layers {0} to {1} have another attention",
                                 run.begin, run.end - 1));
    if (run.width != like->width || !(run.experts == like->experts))
      lines.notExpressed(formatv("layers {0} to {1} have another feed-forward "
                                 "block than layers {2} to {3}",
                                 run.begin, run.end - 1, like->begin,
                                 like->end - 1));
  }
}

void addMegatronModel(const JobModel &model, FlagLines &lines) {
  lines.add("num-layers", model.layers);
  lines.add("hidden-size", model.hidden);
  lines.add("vocab-size", model.vocab);
  const JobLayers *dense = nullptr, *sparse = nullptr;
  for (const JobLayers &run : reverse(model.runs))
    (run.experts ? sparse : dense) = &run;
  if (!model.runs.empty())
    addAttention(model.runs.front().attention, lines);
  if (dense)
    lines.add("ffn-hidden-size", dense->width);
  if (sparse)
    addExperts(model, *sparse->experts, lines);
  if (model.mtpLayers > 0)
    lines.add("mtp-num-layers", std::optional(model.mtpLayers));
  if (model.gated.value_or(false))
    lines.add("swiglu");
  if (!model.tiedEmbeddings.value_or(false))
    lines.add("untie-embeddings-and-output-weights");
  // Both take rotary positions alone; others are the script's.
  bool isLatent =
      !model.runs.empty() && model.runs.front().attention.kvLoraRank;
  if (isLatent || model.mtpLayers > 0)
    lines.add("position-embedding-type", Twine("rope"));
  addDifferences(model, dense, sparse, lines);
  for (const std::string &part : model.notDescribed)
    lines.notExpressed(part + ", which has no figures in the plan");
}

} // namespace mlir::moe
