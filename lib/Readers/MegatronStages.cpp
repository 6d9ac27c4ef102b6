//===- MegatronStages.cpp - Stages in flags of Megatron-LM ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// get_num_layers_to_build in megatron/core/transformer/transformer_block.py,
// and the virtual stages of megatron/training/arguments.py.
//
//===----------------------------------------------------------------------===//

#include "MegatronStages.h"

#include "moe/Model/StageLayout.h"
#include "moe/Wording/Wording.h"

using namespace mlir::moe;
using llvm::StringRef;

static constexpr StringRef ppFlag = "pipeline-model-parallel-size";
static constexpr StringRef chunksFlag = "num-virtual-stages-per-pipeline-rank";
static constexpr StringRef perChunkFlag =
    "num-layers-per-virtual-pipeline-stage";
static constexpr StringRef firstFlag = "decoder-first-pipeline-num-layers";
static constexpr StringRef lastFlag = "decoder-last-pipeline-num-layers";
static constexpr StringRef embeddingFlag =
    "account-for-embedding-in-pipeline-split";
static constexpr StringRef lossFlag = "account-for-loss-in-pipeline-split";

namespace {
/// Layers of the stages where the first or the last differ.
struct UnevenStages {
  StringRef flag; ///< the one that says so
  int64_t first = 0, middle = 0, last = 0;
  /// Chunks of a stage.
  int64_t vpp = 1;
  /// Whether the first and the last chunk have one layer less than the others
  /// of their stage.
  bool countsEmbedding = false, countsLoss = false;
};
} // namespace

/// The virtual stages that a layout deals out to each rank.
static void readLayout(const FlagSet &flags) {
  constexpr StringRef name = "pipeline-model-parallel-layout";
  if (!flags.has(name))
    return;
  int64_t pp = flags.number("pipeline-model-parallel-size", 1);
  std::string error;
  std::optional<StageLayout> layout =
      StageLayout::parse(flags.text(name), error);
  // Faults of the layout are findings of the plan.
  if (layout && layout->numChunks() % pp == 0)
    flags.state(name, "parallelism", "vpp", layout->numChunks() / pp);
}

/// Reports layers that do not divide as Megatron-LM asserts.
static bool divides(const FlagSet &flags, StringRef name, int64_t layers,
                    int64_t parts, StringRef what) {
  if (parts > 0 ? layers >= 0 && layers % parts == 0 : layers == 0)
    return true;
  flags.report(name, "leaves " + std::to_string(layers) + " layers for " +
                         counted(parts, what));
  return false;
}

/// Stages of which the first or the last hold another number of layers.
static bool splitByLayers(const FlagSet &flags, int64_t layers, int64_t pp,
                          UnevenStages &stages) {
  bool hasFirst = flags.has(firstFlag), hasLast = flags.has(lastFlag);
  stages.flag = hasFirst ? firstFlag : lastFlag;
  int64_t first = flags.number(firstFlag, 0), last = flags.number(lastFlag, 0);
  int64_t numMiddle = pp - hasFirst - hasLast, rest = layers - first - last;
  if (!divides(flags, stages.flag, rest, numMiddle, "stage"))
    return false;
  stages.middle = numMiddle > 0 ? rest / numMiddle : 0;
  stages.first = hasFirst ? first : stages.middle;
  stages.last = hasLast ? last : stages.middle;
  return true;
}

/// Stages in which the embedding or the loss count as a layer.
static bool splitWithEnds(const FlagSet &flags, int64_t layers, int64_t pp,
                          UnevenStages &stages) {
  stages.countsEmbedding = flags.has(embeddingFlag);
  stages.countsLoss = flags.has(lossFlag);
  stages.flag = stages.countsEmbedding ? embeddingFlag : lossFlag;
  int64_t all = layers + stages.countsEmbedding + stages.countsLoss;
  if (!divides(flags, stages.flag, all, pp, "stage"))
    return false;
  stages.first = stages.middle = stages.last = all / pp;
  return true;
}

/// The chunks in the order of the layers: every stage repeats its share for
/// each of its chunks.
static std::optional<StageLayout> layoutOf(const FlagSet &flags, int64_t pp,
                                           const UnevenStages &stages) {
  std::vector<LayoutChunk> chunks;
  for (int64_t chunk = 0; chunk < stages.vpp * pp; ++chunk) {
    int64_t stage = chunk % pp;
    int64_t layers = stage == 0        ? stages.first
                     : stage == pp - 1 ? stages.last
                                       : stages.middle;
    if (!divides(flags, stages.flag, layers, stages.vpp, "virtual stage"))
      return std::nullopt;
    layers /= stages.vpp;
    layers -= chunk == 0 && stages.countsEmbedding;
    layers -= chunk == stages.vpp * pp - 1 && stages.countsLoss;
    if (layers < 0) {
      flags.report(stages.flag, "leaves no layer for an end of the model");
      return std::nullopt;
    }
    chunks.push_back({std::vector<LayerKind>(layers, LayerKind::Decoder)});
  }
  std::vector<LayerKind> &front = chunks.front().layers;
  front.insert(front.begin(), LayerKind::Embedding);
  std::vector<LayerKind> &back = chunks.back().layers;
  back.insert(back.end(), flags.number("mtp-num-layers", 0), LayerKind::Mtp);
  back.push_back(LayerKind::Loss);
  return StageLayout(std::move(chunks));
}

static void readUnevenStages(const FlagSet &flags, int64_t vpp,
                             Recipe &recipe) {
  bool byLayers = flags.has(firstFlag) || flags.has(lastFlag);
  bool withEnds = flags.has(embeddingFlag) || flags.has(lossFlag);
  if (!byLayers && !withEnds)
    return;
  int64_t pp = flags.number(ppFlag, 1), layers = flags.number("num-layers", 0);
  UnevenStages stages;
  stages.vpp = vpp;
  if (byLayers && withEnds)
    return flags.report(
        flags.has(embeddingFlag) ? embeddingFlag : lossFlag,
        "does not go with --" +
            (flags.has(firstFlag) ? firstFlag : lastFlag).str());
  if (!(byLayers ? splitByLayers(flags, layers, pp, stages)
                 : splitWithEnds(flags, layers, pp, stages)))
    return;
  // Of one stage, or with nothing that differs, there is nothing to say.
  if (pp == 1)
    return;
  // Nothing real is larger, and it is written out letter by letter.
  constexpr int64_t most = StageLayout::maxItems;
  if (layers > most || vpp > most || pp > most / vpp ||
      flags.number("mtp-num-layers", 0) > most)
    return recipe.note(flags.find(stages.flag)->line,
                       "a layout of so many layers is not written");
  if (std::optional<StageLayout> layout = layoutOf(flags, pp, stages))
    flags.state(stages.flag, "parallelism", "layout", jsonText(layout->str()));
}

/// The chunks of a stage; nothing after an error.
static std::optional<int64_t> readChunks(const FlagSet &flags) {
  int64_t size = flags.number(perChunkFlag, 0);
  if (!size || flags.has(chunksFlag))
    return flags.number(chunksFlag, 1);
  int64_t pp = flags.number(ppFlag, 1);
  // The ends of the model count as layers where they do for the stages.
  int64_t layers = flags.number("num-layers", 0) + flags.has(embeddingFlag) +
                   flags.has(lossFlag);
  if (layers % pp != 0 || layers / pp % size != 0 || layers == 0) {
    flags.report(perChunkFlag, "is " + std::to_string(size) +
                                   ", which does not divide the layers of a "
                                   "stage, " +
                                   std::to_string(layers) + " / " +
                                   std::to_string(pp));
    return std::nullopt;
  }
  flags.state(perChunkFlag, "parallelism", "vpp", layers / pp / size);
  return layers / pp / size;
}

void mlir::moe::readMegatronStages(const FlagSet &flags, Recipe &recipe) {
  if (flags.has("use-tp-pp-dp-mapping"))
    flags.state("use-tp-pp-dp-mapping", "parallelism", "order",
                jsonText("tp-cp-ep-pp-dp"));
  std::optional<int64_t> vpp = readChunks(flags);
  if (!vpp)
    return;
  readLayout(flags);
  // Without stages there are no chunks either.
  if (flags.has("num-layers"))
    readUnevenStages(flags, *vpp, recipe);
}
