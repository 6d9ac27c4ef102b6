//===- ParameterCount.cpp - Parameters of a model -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Model/ParameterCount.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir::moe;

namespace {
/// A count that remembers whether it ever exceeded 64 bits.
struct Count {
  int64_t value = 0;
  bool overflow = false;

  Count(int64_t value) : value(value) {}
  Count operator*(Count other) const {
    Count result(0);
    result.overflow =
        overflow | other.overflow |
        (llvm::MulOverflow(value, other.value, result.value) != 0);
    return result;
  }
  Count operator+(Count other) const {
    Count result(0);
    result.overflow =
        overflow | other.overflow |
        (llvm::AddOverflow(value, other.value, result.value) != 0);
    return result;
  }
};

/// Weights of one layer of each kind.
class LayerWeights {
public:
  explicit LayerWeights(const ModelShape &shape)
      : shape(shape), hidden(*shape.hiddenSize) {}

  Count attention() const {
    return shape.hasMla() ? latentAttention() : groupedAttention();
  }
  Count ffn(int64_t width) const {
    return Count(*shape.gated ? 3 : 2) * hidden * width;
  }
  Count router() const {
    Count experts = *shape.numExperts;
    return hidden * experts + (shape.hasBiases() ? experts : Count(0));
  }
  Count expert() const {
    Count biases = Count(*shape.gated ? 2 : 1) * *shape.expertWidth + hidden;
    return ffn(*shape.expertWidth) + (shape.hasBiases() ? biases : Count(0));
  }
  /// Before attention and before the FFN.
  Count norms() const { return hidden * 2; }
  Count shared() const { return ffn(shape.sharedWidth.value.value_or(0)); }

private:
  Count groupedAttention() const {
    Count queries = Count(*shape.numHeads) * *shape.headDim;
    Count keys = Count(*shape.numKvHeads) * *shape.headDim;
    // Beside biases a sink of each head.
    Count biases = queries + keys * 2 + *shape.numHeads + hidden;
    return hidden * (queries * 2 + keys * 2) + queryKeyNorms(queries + keys) +
           (shape.hasBiases() ? biases : Count(0));
  }
  Count queryKeyNorms(Count width) const {
    if (!shape.queryKeyNorm)
      return 0;
    return *shape.queryKeyNorm == "per_head" ? Count(*shape.headDim) * 2
                                             : width;
  }
  /// Low-rank projections with a norm on each latent vector.
  Count latentAttention() const {
    Count heads = *shape.numHeads;
    Count queryDim = Count(*shape.qkNopeHeadDim) + *shape.qkRopeHeadDim;
    Count queryRank = *shape.qLoraRank;
    Count query = *shape.qLoraRank == 0
                      ? hidden * heads * queryDim
                      : queryRank * (hidden + heads * queryDim + 1);
    Count keyDim = Count(*shape.qkNopeHeadDim) + *shape.vHeadDim;
    Count keyValue = Count(*shape.kvLoraRank) * (hidden + heads * keyDim + 1) +
                     hidden * *shape.qkRopeHeadDim;
    return query + keyValue + heads * *shape.vHeadDim * hidden;
  }

  const ModelShape &shape;
  Count hidden;
};
} // namespace

/// Stores `count`; returns whether it fits.
static bool store(Count count, int64_t &result) {
  result = count.value;
  return !count.overflow;
}

/// Weights of all MTP layers, which are like the last layer of the model.
static Count mtpWeights(const ModelShape &shape, const LayerWeights &layer) {
  Count hidden = *shape.hiddenSize;
  Count block = layer.attention() + layer.norms();
  if (shape.layerRuns->back().isMoe)
    block = block + layer.router() + layer.shared() +
            layer.expert() * *shape.numExperts;
  else
    block = block + layer.ffn(*shape.denseWidth);
  Count projection = hidden * 2 * hidden + hidden * 2;
  return (block + projection) * shape.numMtpLayers.value.value_or(0);
}

/// The parts, of a shape that has all its figures. Returns whether all fit.
static bool countParts(const ModelShape &shape, ParameterCount &count) {
  LayerWeights layer(shape);
  int64_t layers = *shape.numLayers;
  int64_t moe = shape.numMoeLayers().value_or(0);
  Count hidden = *shape.hiddenSize;
  Count table = hidden * *shape.vocabSize;
  Count output = shape.tiedEmbeddings.value.value_or(false) ? Count(0) : table;
  Count attention = layer.attention() * layers;
  Count norms = layer.norms() * layers + hidden;
  Count dense = 0, expert = 0, routed = 0, routers = 0, active = 0;
  if (moe < layers)
    dense = layer.ffn(*shape.denseWidth) * (layers - moe);
  Count shared = layer.shared() * moe;
  if (moe > 0) {
    expert = layer.expert() * moe;
    routed = expert * *shape.numExperts;
    routers = layer.router() * moe;
    active = expert * *shape.topK;
  }
  Count always = table + output + attention + norms + dense + shared + routers;
  return store(always + routed, count.total) &&
         store(always + active, count.active) &&
         store(table, count.inputEmbedding) &&
         store(output, count.outputEmbedding) &&
         store(attention, count.attention) && store(dense, count.denseFfn) &&
         store(routed, count.routedExperts) &&
         store(shared, count.sharedExperts) && store(routers, count.routers) &&
         store(norms, count.norms) &&
         store(mtpWeights(shape, layer), count.mtp);
}

std::optional<ParameterCount>
mlir::moe::countParameters(const ModelShape &shape, std::string &error) {
  std::vector<std::string> missing = shape.missingKeys();
  if (!missing.empty() || !shape.layerRuns) {
    llvm::SmallVector<llvm::StringRef> names(missing.begin(), missing.end());
    // Without runs and with all figures: the key that names them is faulty.
    if (names.empty())
      names.push_back("moe_layer_freq");
    error = "the parameters cannot be counted without " + allOf(names);
    return std::nullopt;
  }
  ParameterCount count;
  if (countParts(shape, count))
    return count;
  error = "the number of parameters does not fit into 64 bits";
  return std::nullopt;
}
