//===- HfConfig.cpp - Hugging Face configurations -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Model/HfConfig.h"
#include "ConfigFamilies.h"
#include "ConfigReader.h"
#include "LayerRuns.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir::moe;
using namespace mlir::moe::model;
using Presence = ConfigReader::Presence;
using llvm::StringRef;

namespace {
/// A figure and the keys that hold it; the first one names its default.
struct IntegerKey {
  Figure<int64_t> ModelShape::*figure;
  StringRef names;
  int64_t minimum;
  int64_t maximum = maxModelFigure;
};
} // namespace

static constexpr IntegerKey integerKeys[] = {
    {&ModelShape::hiddenSize, "hidden_size|d_model", 1},
    {&ModelShape::numLayers, "num_hidden_layers|n_layers", 1, maxModelLayers},
    {&ModelShape::vocabSize, "vocab_size", 1},
    {&ModelShape::numHeads, "num_attention_heads|n_heads", 1},
    {&ModelShape::numKvHeads, "num_key_value_heads|attn_config.kv_n_heads", 1},
    {&ModelShape::headDim, "head_dim", 1},
    {&ModelShape::qLoraRank, "q_lora_rank", 0},
    {&ModelShape::kvLoraRank, "kv_lora_rank", 1},
    {&ModelShape::qkNopeHeadDim, "qk_nope_head_dim", 1},
    {&ModelShape::qkRopeHeadDim, "qk_rope_head_dim", 0},
    {&ModelShape::vHeadDim, "v_head_dim", 1},
    {&ModelShape::numExperts,
     "num_experts|num_local_experts|n_routed_experts|moe_num_experts|"
     "ffn_config.moe_num_experts",
     0},
    {&ModelShape::topK,
     "num_experts_per_tok|experts_per_token|moe_k|ffn_config.moe_top_k", 0},
    {&ModelShape::numSharedExperts,
     "n_shared_experts|num_shared_experts|moe_num_shared_experts", 0},
    {&ModelShape::sharedWidth,
     "shared_expert_intermediate_size|shared_intermediate_size", 0},
    {&ModelShape::numGroups, "n_group", 1},
    {&ModelShape::topKGroups, "topk_group", 1},
    {&ModelShape::numMtpLayers, "num_nextn_predict_layers", 0, maxModelLayers},
};

namespace {
class ConfigImporter {
public:
  ConfigImporter(ConfigReader &reader, ModelShape &shape)
      : reader(reader), shape(shape) {}
  void run();

private:
  void identify();
  void findWhatIsNotDescribed();
  void readInteger(const IntegerKey &key);
  void readBoolean(const ConfigReader::Entry &entry, StringRef key,
                   Figure<bool> &figure);
  void readWidths();
  void readUnclearWidth();
  void readMtpModules();
  void readSlidingWindow();
  void readQueryKeyNorm();
  void readQuantization();
  void deriveAttention();
  void deriveSharedExperts();
  void deriveTheRest();
  void note(std::string message) {
    note(reader.position(), std::move(message));
  }
  void note(Position position, std::string message) {
    shape.notes.push_back({reader.file().str(), position, std::move(message)});
  }
  bool isKnownFamily() const { return !family->configClass.empty(); }

  ConfigReader &reader;
  ModelShape &shape;
  const ConfigFamily *family = &genericConfigFamily();
  /// No model_type and no architectures: the keys are those of a plan.
  bool isPlanVocabulary = false;
};
} // namespace

void ConfigImporter::identify() {
  Figure<std::string> inner, outer;
  reader.string(reader.find("model_type"), inner);
  reader.string(reader.findOutside("model_type"), outer);
  bool hasArchitectures = bool(reader.findOutside("architectures"));
  shape.modelType = inner ? *inner : outer.value.value_or("");
  isPlanVocabulary = shape.modelType.empty() && !hasArchitectures;
  if (isPlanVocabulary)
    return;
  const ConfigFamily *known = findConfigFamily(shape.modelType);
  if (!known && outer)
    known = findConfigFamily(*outer);
  if (known) {
    family = known;
  } else if (shape.modelType.empty()) {
    note("no model_type, read with the generic keys, nothing is defaulted");
  } else {
    note((inner ? inner : outer).position,
         "unknown model_type " + quoted(shape.modelType) +
             ", read with the generic keys, nothing is defaulted");
  }
}

namespace {
/// A key of what no figure describes, in the configurations of any family.
struct PartKey {
  StringRef key;
  StringRef part;
};
} // namespace

static constexpr PartKey partKeys[] = {
    {"index_topk", sparseAttentionPart},
    {"linear_num_value_heads", linearAttentionPart},
    {"mamba_d_state", mambaLayersPart},
    {"attention_chunk_size", "the layers whose attention stays inside of "
                             "chunks, which are read as full attention"},
};

void ConfigImporter::findWhatIsNotDescribed() {
  // The keys of a plan say all there is.
  if (isPlanVocabulary)
    return;
  std::vector<std::string> &parts = shape.notDescribed;
  if (!family->notDescribed.empty())
    parts.push_back(family->notDescribed.str());
  for (const PartKey &row : partKeys)
    if (ConfigReader::Entry entry = reader.find(row.key);
        entry && !entry.isNull() && !llvm::is_contained(parts, row.part))
      parts.push_back(row.part.str());
  if (!parts.empty())
    note((shape.modelType.empty() ? "" : shape.modelType + ": ") +
         "not described are " + llvm::join(parts, ", and "));
}

void ConfigImporter::readInteger(const IntegerKey &key) {
  Figure<int64_t> &figure = shape.*key.figure;
  Presence presence =
      reader.integer(key.names, key.minimum, key.maximum, figure);
  if (presence != Presence::Absent)
    return;
  StringRef name = key.names.split('|').first;
  std::optional<int64_t> value = family->defaultOf(name);
  if (!value)
    return;
  figure.value = value;
  figure.provenance = Provenance::Default;
  figure.origin = family->configClass.str();
  note(quoted(name) + " is not stated, taken is " + std::to_string(*value) +
       ", the default of Hugging Face's " + family->configClass.str());
}

void ConfigImporter::readBoolean(const ConfigReader::Entry &entry,
                                 StringRef key, Figure<bool> &figure) {
  if (reader.boolean(entry, figure) != Presence::Absent)
    return;
  if (std::optional<int64_t> value = family->defaultOf(key)) {
    figure.value = *value != 0;
    figure.provenance = Provenance::Default;
    figure.origin = family->configClass.str();
  }
}

/// Reads the two widths under the names that the family gives them.
void ConfigImporter::readWidths() {
  constexpr StringRef expertNames =
      "moe_intermediate_size|ffn_config.ffn_hidden_size";
  switch (family->intermediateSize) {
  case WidthMeaning::Dense:
    readInteger({&ModelShape::expertWidth, expertNames, 1});
    if (family->layerRule != LayerRule::AllMoe)
      readInteger({&ModelShape::denseWidth, "intermediate_size", 1});
    return;
  case WidthMeaning::Expert:
    readInteger({&ModelShape::expertWidth, "intermediate_size", 1});
    readInteger({&ModelShape::denseWidth, "intermediate_size_mlp", 1});
    return;
  case WidthMeaning::Both:
    readInteger({&ModelShape::expertWidth, "intermediate_size", 1});
    readInteger({&ModelShape::denseWidth, "intermediate_size", 1});
    return;
  case WidthMeaning::Unclear:
    readInteger({&ModelShape::expertWidth, expertNames, 1});
    readInteger({&ModelShape::denseWidth, "intermediate_size", 1});
    readUnclearWidth();
    return;
  }
}

/// In a configuration of an unknown family with experts, `intermediate_size`
/// alone may be either width. In a plan it is the dense one.
void ConfigImporter::readUnclearWidth() {
  if (isPlanVocabulary || !shape.hasExperts() || !shape.denseWidth ||
      shape.expertWidth)
    return;
  note(shape.denseWidth.position,
       "'intermediate_size' of an unknown model may be the width of an expert "
       "or "
       "of a dense layer, state the former as 'moe_intermediate_size'");
  shape.denseWidth = {};
}

/// MiniMax counts modules of several layers.
void ConfigImporter::readMtpModules() {
  Figure<int64_t> modules, layers;
  Figure<bool> used;
  reader.integer("num_mtp_modules", 0, maxModelLayers, modules);
  reader.integer("mtp_transformer_layers", 0, maxModelLayers, layers);
  reader.boolean(reader.find("use_mtp"), used);
  if (shape.numMtpLayers)
    return;
  if (used && !*used)
    shape.numMtpLayers.setDerived(0, "use_mtp");
  else if (modules && layers)
    shape.numMtpLayers.setDerived(*modules * *layers,
                                  "num_mtp_modules * mtp_transformer_layers");
  else if (isKnownFamily())
    shape.numMtpLayers.setDerived(0, "no key for MTP layers");
}

void ConfigImporter::readSlidingWindow() {
  Figure<bool> used;
  reader.boolean(reader.find("use_sliding_window"), used);
  readInteger({&ModelShape::slidingWindow, "sliding_window", 0});
  if ((used && !*used) || (shape.slidingWindow && *shape.slidingWindow == 0))
    shape.slidingWindow = {};
}

/// Families with such norms have them whatever their configuration says, unless
/// a key decides (modeling_*.py of transformers).
void ConfigImporter::readQueryKeyNorm() {
  Figure<bool> used;
  readBoolean(reader.find("use_qk_norm"), "use_qk_norm", used);
  StringRef norm = isKnownFamily() ? family->queryKeyNorm : "per_head";
  bool keyDecides = !isKnownFamily() || family->defaultOf("use_qk_norm");
  if (norm.empty() || (keyDecides && !used.value.value_or(false)))
    return;
  shape.queryKeyNorm.setDerived(
      norm.str(), keyDecides ? used.origin : "fixed by " + shape.modelType);
}

void ConfigImporter::readQuantization() {
  reader.string(reader.findOutside("quantization_config.quant_method"),
                shape.quantization);
  reader.integers(reader.findOutside("quantization_config.weight_block_size"),
                  1, maxModelFigure, shape.quantizationBlock);
  reader.string(reader.find("dtype|torch_dtype"), shape.dtype);
  if (!shape.dtype)
    reader.string(reader.findOutside("dtype|torch_dtype"), shape.dtype);
}

void ConfigImporter::deriveAttention() {
  // null, where a key may hold it, is a query projection of full rank.
  if (shape.hasMla() && !shape.qLoraRank && isKnownFamily())
    shape.qLoraRank.setDerived(0, "q_lora_rank is null");
  if (!isKnownFamily() || !shape.numHeads)
    return;
  if (!shape.numKvHeads)
    shape.numKvHeads.setDerived(*shape.numHeads, "num_attention_heads");
  if (shape.headDim || shape.hasMla() || !shape.hiddenSize)
    return;
  if (*shape.hiddenSize % *shape.numHeads == 0)
    shape.headDim.setDerived(*shape.hiddenSize / *shape.numHeads,
                             "hidden_size / num_attention_heads");
  else
    note("'head_dim' is not stated, and " + std::to_string(*shape.numHeads) +
         " heads do not divide a hidden size of " +
         std::to_string(*shape.hiddenSize));
}

void ConfigImporter::deriveSharedExperts() {
  if (!shape.hasExperts())
    return;
  Figure<int64_t> &count = shape.numSharedExperts;
  Figure<int64_t> &width = shape.sharedWidth;
  if (!count && width)
    count.setDerived(*width > 0 ? 1 : 0, width.origin);
  if (!count && isKnownFamily())
    count.setDerived(family->impliedSharedExperts, family->modelTypes.str());
  if (width || !count || !shape.expertWidth)
    return;
  int64_t total = 0;
  if (!llvm::MulOverflow(*count, *shape.expertWidth, total))
    width.setDerived(total, "shared experts * " + shape.expertWidth.origin);
  else
    note("the width of " + std::to_string(*count) +
         " shared experts is too large to compute");
}

void ConfigImporter::deriveTheRest() {
  deriveAttention();
  deriveSharedExperts();
  if (!shape.scoreFunction && !family->scoreFunction.empty())
    shape.scoreFunction.setDerived(family->scoreFunction.str(),
                                   "fixed by " + shape.modelType);
  if (!shape.gated && isKnownFamily())
    shape.gated.setDerived(true, "SwiGLU in " + shape.modelType);
}

void ConfigImporter::run() {
  identify();
  findWhatIsNotDescribed();
  for (const IntegerKey &key : integerKeys)
    readInteger(key);
  readWidths();
  readMtpModules();
  readSlidingWindow();
  readQueryKeyNorm();
  readQuantization();
  readBoolean(reader.findOutside("tie_word_embeddings"), "tie_word_embeddings",
              shape.tiedEmbeddings);
  readBoolean(reader.find("norm_topk_prob"), "norm_topk_prob",
              shape.normalizeTopK);
  reader.string(reader.find("scoring_func"), shape.scoreFunction);
  if (!isKnownFamily())
    reader.boolean(reader.find("gated"), shape.gated);
  deriveTheRest();
  readLayerRuns(reader, *family, shape);
  if (isPlanVocabulary)
    reader.rejectUnknown();
  shape.statedKeys = reader.statedKeys();
}

ModelShape mlir::moe::readModelConfig(const json::Value &object, StringRef path,
                                      StringRef file, InputErrors &errors) {
  ModelShape shape;
  if (!object.is(json::Kind::Object)) {
    errors.add(file, object.position(),
               "expected an object for " + path.str() + ", found " +
                   object.describe());
    return shape;
  }
  ConfigReader reader(object, path, file, errors);
  ConfigImporter(reader, shape).run();
  return shape;
}

void mlir::moe::writeConfigKeys(const ModelShape &shape,
                                llvm::json::OStream &os) {
  // The objects that are open below the caller's.
  std::vector<std::string> open;
  auto closeTo = [&](size_t depth) {
    for (; open.size() > depth; open.pop_back()) {
      os.objectEnd();
      os.attributeEnd();
    }
  };
  for (const StatedKey &key : shape.statedKeys) {
    size_t common = 0;
    while (common < open.size() && common + 1 < key.path.size() &&
           open[common] == key.path[common])
      ++common;
    closeTo(common);
    for (; open.size() + 1 < key.path.size();
         open.push_back(key.path[open.size()])) {
      os.attributeBegin(key.path[open.size()]);
      os.objectBegin();
    }
    os.attributeBegin(key.path.back());
    os.rawValue(key.json);
    os.attributeEnd();
  }
  closeTo(0);
}
