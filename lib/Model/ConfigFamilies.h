//===- ConfigFamilies.h - Families of Hugging Face models -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What differs between the configuration classes of Hugging Face's
// transformers: defaults, the meaning of `intermediate_size`, and how the
// layers with experts are named. Defaults are those of configuration_*.py
// (2026), layer rules those of the decoder layers that modeling_*.py builds;
// `moe_layer_freq` is DeepSeek's and Kimi's own, which transformers' port
// ignores.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_MODEL_CONFIGFAMILIES_H
#define MOE_MODEL_CONFIGFAMILIES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>

namespace mlir::moe {

/// Which keys say what layers have experts.
enum class LayerRule : uint8_t {
  /// None.
  Dense,
  /// All.
  AllMoe,
  /// From `first_k_dense_replace` on, every `moe_layer_freq`-th; or that key is
  /// a list with one 0 or 1 for each layer.
  FirstDense,
  /// (i + 1) % `decoder_sparse_step` == 0, but not those of `mlp_only_layers`.
  SparseStep,
  /// `moe_layers`, or (i + 1) % `interleave_moe_layer_step` == 0.
  Interleave,
  /// i % `expert_layer_period` == `expert_layer_offset`.
  PeriodOffset,
  /// (i + 1) % `moe_layer_interval` == 0 from `moe_layer_start_index` to
  /// `moe_layer_end_index`, which is included; -1 is the last layer.
  StartEnd,
  /// Whichever of the above has keys; all, if none has.
  ByKeys,
};

/// What `intermediate_size` measures.
enum class WidthMeaning : uint8_t {
  Dense,
  Expert,
  /// An expert, a shared expert, and a dense layer all have it.
  Both,
  /// Unknown family: a dense layer if there are no experts, else unclear.
  Unclear
};

struct KeyDefault {
  llvm::StringRef key;
  int64_t value;
};

/// What the shape leaves out of models that have it.
inline constexpr llvm::StringRef sparseAttentionPart =
    "the indexer of its sparse attention, which is read as full attention";
inline constexpr llvm::StringRef linearAttentionPart =
    "the layers with linear attention, which are read as full attention";
inline constexpr llvm::StringRef mambaLayersPart =
    "the Mamba layers, which are read as attention";

struct ConfigFamily {
  /// Values of `model_type`, separated by '|'.
  llvm::StringRef modelTypes;
  /// The class that has the defaults; empty for unknown families.
  llvm::StringRef configClass;
  /// Defaults of integer keys. Booleans that are true by default count as 1.
  llvm::ArrayRef<KeyDefault> defaults;
  LayerRule layerRule;
  WidthMeaning intermediateSize;
  /// Applied by the model whatever the configuration says; empty if unknown.
  llvm::StringRef scoreFunction;
  /// What the shape leaves out of such a model; empty if nothing of size.
  llvm::StringRef notDescribed;
  /// Shared experts that no key counts.
  int64_t impliedSharedExperts = 0;
  /// "per_head" or "per_layer" where queries and keys have norms; only under
  /// `use_qk_norm` where that key has a default.
  llvm::StringRef queryKeyNorm = "";

  std::optional<int64_t> defaultOf(llvm::StringRef key) const;
};

/// The family of a `model_type`, or null.
const ConfigFamily *findConfigFamily(llvm::StringRef modelType);
/// Configurations of unknown type, and the generic keys of a plan.
const ConfigFamily &genericConfigFamily();

} // namespace mlir::moe

#endif // MOE_MODEL_CONFIGFAMILIES_H
