//===- PlanComparison.cpp - What two plans do not share -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanComparison.h"

#include "moe/Analysis/CostJob.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Differences in the order in which they are found, each once.
class DifferenceList {
public:
  void compareNumbers(StringRef name, std::optional<int64_t> before,
                      std::optional<int64_t> after) {
    if (before && after && *before != *after)
      add(name, llvm::itostr(*before), llvm::itostr(*after));
  }
  /// Of words; an empty one is not known.
  void compareWords(StringRef name, StringRef before, StringRef after) {
    if (!before.empty() && !after.empty() && before != after)
      add(name, before, after);
  }
  void compareFlags(StringRef name, std::optional<bool> before,
                    std::optional<bool> after) {
    auto word = [](std::optional<bool> value) -> StringRef {
      return !value ? "" : *value ? "true" : "false";
    };
    compareWords(name, word(before), word(after));
  }
  void compareFigures(const Figure &before, const Figure &after) {
    compareNumbers(after.name, before.value, after.value);
  }
  std::vector<std::string> take() { return std::move(differences); }

private:
  void add(StringRef name, StringRef before, StringRef after) {
    std::string text = (name + " " + before + " -> " + after).str();
    if (!llvm::is_contained(differences, text))
      differences.push_back(std::move(text));
  }

  std::vector<std::string> differences;
};

/// A figure of a layer under its name in a Hugging Face configuration.
struct LayerFigure {
  StringLiteral name;
  std::optional<int64_t> LayerRun::*value;
};
} // namespace

static constexpr LayerFigure kLayerFigures[] = {
    {"num_experts", &LayerRun::experts},
    {"num_experts_per_tok", &LayerRun::topK},
    {"moe_intermediate_size", &LayerRun::expertWidth},
    {"shared_expert_intermediate_size", &LayerRun::sharedWidth},
    {"n_group", &LayerRun::routerGroups},
    {"topk_group", &LayerRun::routerTopGroups},
    {"intermediate_size", &LayerRun::ffnWidth},
    {"num_attention_heads", &LayerRun::heads},
    {"num_key_value_heads", &LayerRun::kvHeads},
    {"q_lora_rank", &LayerRun::qLoraRank},
    {"kv_lora_rank", &LayerRun::kvLoraRank},
    {"qk_nope_head_dim", &LayerRun::qkNopeDim},
    {"qk_rope_head_dim", &LayerRun::qkRopeDim},
    {"v_head_dim", &LayerRun::vHeadDim},
    {"sliding_window", &LayerRun::slidingWindow}};

/// One layer, or several that both plans describe by one run.
static void compareLayers(const ModelFigures &old, const LayerRun &before,
                          const ModelFigures &now, const LayerRun &after,
                          DifferenceList &list) {
  for (const LayerFigure &figure : kLayerFigures)
    list.compareNumbers(figure.name, before.*figure.value, after.*figure.value);
  if (before.headDim || after.headDim)
    list.compareNumbers("head_dim", headDimOf(old, before),
                        headDimOf(now, after));
  if (before.sparse && after.sparse)
    list.compareNumbers("n_shared_experts", before.sharedExperts,
                        after.sharedExperts);
  auto attention = [](const LayerRun &run) -> StringRef {
    return run.isLatentAttention() ? "latent" : run.kvHeads ? "grouped" : "";
  };
  list.compareWords("attention", attention(before), attention(after));
}

/// "3 dense, 58 sparse".
static std::string describeRuns(const ModelFigures &model) {
  std::string text;
  for (size_t first = 0, next = 0; first < model.runs.size(); first = next) {
    int64_t layers = 0;
    bool sparse = model.runs[first].sparse;
    for (; next < model.runs.size() && model.runs[next].sparse == sparse;
         ++next)
      layers += model.runs[next].size();
    text += (text.empty() ? "" : ", ") + llvm::itostr(layers) +
            (sparse ? " sparse" : " dense");
  }
  return text;
}

/// Walks through the layers of both models, from one end of a run to the next.
static void compareRuns(const ModelFigures &old, const ModelFigures &now,
                        DifferenceList &list) {
  if (old.layers && now.layers && *old.layers == *now.layers)
    list.compareWords("layers", describeRuns(old), describeRuns(now));
  const auto *before = old.runs.begin().base(),
             *after = now.runs.begin().base();
  const auto *oldEnd = old.runs.end().base(), *nowEnd = now.runs.end().base();
  while (before != oldEnd && after != nowEnd) {
    if (before->sparse == after->sparse)
      compareLayers(old, *before, now, *after, list);
    int64_t end = std::min(before->end, after->end);
    bool endsBefore = before->end == end, endsAfter = after->end == end;
    before += endsBefore;
    after += endsAfter;
  }
}

static std::vector<std::string> compareModels(const ModelFigures &old,
                                              const ModelFigures &now) {
  DifferenceList list;
  list.compareWords("model_type", old.type, now.type);
  for (auto figure :
       {&ModelFigures::layers, &ModelFigures::hidden, &ModelFigures::vocab})
    list.compareFigures(old.*figure, now.*figure);
  compareRuns(old, now, list);
  list.compareNumbers("num_nextn_predict_layers", old.mtpLayers, now.mtpLayers);
  list.compareFlags("gated", old.gated, now.gated);
  list.compareFlags("tie_word_embeddings", old.tiedEmbeddings,
                    now.tiedEmbeddings);
  return list.take();
}

static std::vector<std::string> compareWorkloads(const WorkloadFigures &old,
                                                 const WorkloadFigures &now) {
  DifferenceList list;
  auto mode = [](const WorkloadFigures &load) {
    return load.mode ? stringifyEnum(*load.mode) : StringRef();
  };
  list.compareWords("mode", mode(old), mode(now));
  list.compareWords("precision", stringifyEnum(old.precision),
                    stringifyEnum(now.precision));
  for (auto figure :
       {&WorkloadFigures::globalBatch, &WorkloadFigures::batch,
        &WorkloadFigures::sequenceLength, &WorkloadFigures::contextLength,
        &WorkloadFigures::draftTokens})
    list.compareFigures(old.*figure, now.*figure);
  return list.take();
}

PlanDifferences moe::comparePlans(const PlanModel &before,
                                  const PlanModel &after) {
  return {compareModels(before.model, after.model),
          compareWorkloads(before.workload, after.workload)};
}
