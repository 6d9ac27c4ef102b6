//===- ModelShape.h - What a model is made of -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dimensions of a transformer with or without experts, each with where it
// comes from. Nothing is guessed: what a configuration leaves open stays open.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_MODEL_MODELSHAPE_H
#define MOE_MODEL_MODELSHAPE_H

#include "moe/Json/InputError.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// Other components have figures, runs and provenances of their own.
namespace model {

enum class Provenance : uint8_t { Absent, Stated, Default, Derived };

/// One value of a model and its origin.
template <typename T>
struct Figure {
  std::optional<T> value;
  Provenance provenance = Provenance::Absent;
  /// Stated: the key ("text_config.head_dim"); default: the configuration class
  /// that has it; derived: from what ("hidden_size / num_attention_heads").
  std::string origin;
  /// Of a stated value.
  Position position;

  explicit operator bool() const { return value.has_value(); }
  /// Like those of std::optional, for figures that are there.
  // NOLINTBEGIN(bugprone-unchecked-optional-access)
  const T &operator*() const { return *value; }
  const T *operator->() const { return &*value; }
  // NOLINTEND(bugprone-unchecked-optional-access)
  bool isStated() const { return provenance == Provenance::Stated; }

  void setDerived(T derived, std::string from) {
    value = std::move(derived);
    provenance = Provenance::Derived;
    origin = std::move(from);
  }
};

/// A run of layers `begin` <= i < `end` that all have experts, or all have not.
struct LayerRun {
  int64_t begin = 0;
  int64_t end = 0;
  bool isMoe = false;
  int64_t size() const { return end - begin; }
  bool operator==(const LayerRun &other) const {
    return begin == other.begin && end == other.end && isMoe == other.isMoe;
  }
};

} // namespace model

/// A key of the configuration that has a meaning here, as it was stated.
struct StatedKey {
  /// From the outside in: {"text_config", "head_dim"}.
  std::vector<std::string> path;
  /// Its value, compact JSON; numbers as written.
  std::string json;
  Position position;
};

struct ModelShape {
  template <typename T>
  using Figure = model::Figure<T>;
  using LayerRun = model::LayerRun;

  /// `model_type` of the configuration, of `text_config` if it has one; empty
  /// for a model given by the generic keys alone.
  std::string modelType;

  Figure<int64_t> hiddenSize;
  Figure<int64_t> numLayers;
  Figure<int64_t> vocabSize;
  Figure<bool> tiedEmbeddings;

  // Attention. With `kvLoraRank` it is multi-head latent attention (MLA); then
  // `headDim` and `numKvHeads` say nothing about its weights. A `qLoraRank` of
  // 0 is a query projection of full rank.
  Figure<int64_t> numHeads;
  Figure<int64_t> numKvHeads;
  Figure<int64_t> headDim;
  Figure<int64_t> qLoraRank;
  Figure<int64_t> kvLoraRank;
  Figure<int64_t> qkNopeHeadDim;
  Figure<int64_t> qkRopeHeadDim;
  Figure<int64_t> vHeadDim;
  /// Norms of queries and keys: "per_head" with weights that heads share, or
  /// "per_layer"; absent where there are none.
  Figure<std::string> queryKeyNorm;
  /// Tokens of a sliding window, in the layers that have one.
  Figure<int64_t> slidingWindow;

  // Feed-forward networks. Widths are of one expert or of one dense layer;
  // `sharedWidth` is of all shared experts together.
  Figure<int64_t> denseWidth;
  Figure<int64_t> numExperts;
  Figure<int64_t> topK;
  Figure<int64_t> expertWidth;
  Figure<int64_t> numSharedExperts;
  Figure<int64_t> sharedWidth;
  /// Three matrices (gate, up, down), else two.
  Figure<bool> gated;
  /// Tiles the layers without gap; neighbours differ. Empty while the number of
  /// layers is unknown.
  Figure<std::vector<LayerRun>> layerRuns;

  // Router.
  Figure<std::string> scoreFunction;
  Figure<int64_t> numGroups;
  Figure<int64_t> topKGroups;
  Figure<bool> normalizeTopK;

  /// Layers that predict further tokens, behind those of `numLayers`.
  Figure<int64_t> numMtpLayers;

  Figure<std::string> dtype;
  Figure<std::string> quantization;
  Figure<std::vector<int64_t>> quantizationBlock;

  /// Parts of the model that these figures leave out: "the vision encoder".
  std::vector<std::string> notDescribed;

  /// In file order.
  std::vector<StatedKey> statedKeys;
  /// Defaults taken, ambiguities, parts that the shape does not describe.
  std::vector<InputNote> notes;

  bool hasMla() const { return kvLoraRank.value.has_value(); }
  /// Attention, router and experts have biases, and each head a learned sink:
  /// GptOssConfig has no key for them (modeling_gpt_oss.py of transformers).
  bool hasBiases() const { return modelType == "gpt_oss"; }
  bool hasExperts() const { return numExperts && *numExperts > 0; }
  /// Number of layers with experts; nothing while the layers are unknown.
  std::optional<int64_t> numMoeLayers() const;
  /// Keys of the figures without which a model has no size, and which the
  /// configuration does not give: `{"num_hidden_layers", "vocab_size"}`.
  std::vector<std::string> missingKeys() const;
};

} // namespace mlir::moe

#endif // MOE_MODEL_MODELSHAPE_H
