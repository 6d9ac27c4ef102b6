//===- StageLayout.h - Pipeline stage layouts -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which layers the virtual chunks of a pipeline hold, in the notation of
// Megatron-LM's --pipeline-model-parallel-layout: `Et*3|(tt|)*29m|L`.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_MODEL_STAGELAYOUT_H
#define MOE_MODEL_STAGELAYOUT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

/// The letters of a layout.
enum class LayerKind : char {
  Embedding = 'E',
  Decoder = 't',
  Mtp = 'm',
  Loss = 'L'
};

/// The layers of one virtual chunk, in order.
struct LayoutChunk {
  std::vector<LayerKind> layers;

  int64_t count(LayerKind kind) const;
  bool operator==(const LayoutChunk &other) const {
    return layers == other.layers;
  }
};

/// Chunks in the order in which a micro-batch passes them. With `pp` pipeline
/// ranks chunk i belongs to rank i % pp and is its virtual stage i / pp.
///
/// Any layout is representable: whether it fits a model and a number of ranks
/// is for checks to say.
/// What one pipeline stage runs.
struct LayoutStage {
  /// Decoder layers of each chunk, [begin, end), over all chunks of the model.
  std::vector<std::pair<int64_t, int64_t>> layers;
  bool embedding = false, output = false;
  int64_t mtpLayers = 0;
};

class StageLayout {
public:
  /// Most layers and chunks of a layout; guards against `t*1000000000`.
  static constexpr int64_t maxItems = 100'000;

  explicit StageLayout(std::vector<LayoutChunk> chunks)
      : layoutChunks(std::move(chunks)) {}

  /// Reads Megatron's notation (parse_str_to_list in
  /// megatron/core/transformer/pipeline_parallel_layer_layout.py): letters
  /// `EtmL`, `|` between chunks, `x*n` and `(...)*n` for repetition, commas for
  /// looks. Parentheses do not nest, but `x*n` may stand inside. On failure
  /// returns nothing and sets `error`, which names the character.
  static std::optional<StageLayout> parse(llvm::StringRef text,
                                          std::string &error);
  /// The even split of a model: the embedding in the first chunk, MTP layers
  /// and the loss in the last, and where chunks do not divide the layers one
  /// layer more in each of the first ones. On failure (no ranks, more than
  /// `maxItems`) returns nothing and sets `error`.
  static std::optional<StageLayout> evenSplit(int64_t layers, int64_t mtpLayers,
                                              int64_t pp, int64_t vpp,
                                              std::string &error);

  llvm::ArrayRef<LayoutChunk> chunks() const { return layoutChunks; }
  int64_t numChunks() const {
    return static_cast<int64_t>(layoutChunks.size());
  }
  /// Layers of that kind in all chunks.
  int64_t count(LayerKind kind) const;
  /// Number of the first decoder layer of `chunk`, counted over all chunks.
  int64_t firstDecoder(int64_t chunk) const;
  /// Deals the chunks out to `pp` stages, in turn; `pp` divides them.
  std::vector<LayoutStage> stages(int64_t pp) const;
  /// Whether all chunks have equally many decoder layers.
  bool isUniform() const;
  /// In Megatron's notation; `parse` of it gives the same layout.
  std::string str() const;

private:
  std::vector<LayoutChunk> layoutChunks;
};

} // namespace mlir::moe

#endif // MOE_MODEL_STAGELAYOUT_H
