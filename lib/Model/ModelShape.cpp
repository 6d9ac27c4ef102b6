//===- ModelShape.cpp - What a model is made of ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Model/ModelShape.h"

using namespace mlir::moe;
using namespace mlir::moe::model;

std::optional<int64_t> ModelShape::numMoeLayers() const {
  if (!layerRuns)
    return std::nullopt;
  int64_t count = 0;
  for (const LayerRun &run : *layerRuns)
    count += run.isMoe ? run.size() : 0;
  return count;
}

std::vector<std::string> ModelShape::missingKeys() const {
  std::vector<std::string> keys;
  auto need = [&](const Figure<int64_t> &figure, const char *key) {
    if (!figure)
      keys.push_back(key);
  };
  need(hiddenSize, "hidden_size");
  need(numLayers, "num_hidden_layers");
  need(vocabSize, "vocab_size");
  need(numHeads, "num_attention_heads");
  if (hasMla()) {
    need(qLoraRank, "q_lora_rank");
    need(qkNopeHeadDim, "qk_nope_head_dim");
    need(qkRopeHeadDim, "qk_rope_head_dim");
    need(vHeadDim, "v_head_dim");
  } else {
    need(numKvHeads, "num_key_value_heads");
    need(headDim, "head_dim");
  }
  bool usesExperts = hasExperts() || topK.isStated() || expertWidth.isStated();
  if (usesExperts && !numExperts)
    keys.push_back("num_experts");
  if (usesExperts) {
    need(topK, "num_experts_per_tok");
    need(expertWidth, "moe_intermediate_size");
  }
  std::optional<int64_t> numMoe = numMoeLayers();
  if (numMoe && *numMoe < *numLayers)
    need(denseWidth, "intermediate_size");
  if (!gated)
    keys.push_back("gated");
  return keys;
}
