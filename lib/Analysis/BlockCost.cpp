//===- BlockCost.cpp - Weights and FLOPs of one block on one rank ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/BlockCost.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// A number that may be unknown; unknown and overflow propagate.
class Known {
public:
  Known(std::nullopt_t) {}
  Known(std::optional<int64_t> value) : value(value) {}
  Known(int64_t value) : value(value) {}
  Known(const Figure &figure) : value(figure.value) {}

  friend Known operator*(Known a, Known b) {
    int64_t result;
    if (!a.value || !b.value || llvm::MulOverflow(*a.value, *b.value, result))
      return std::nullopt;
    return result;
  }
  friend Known operator+(Known a, Known b) {
    int64_t result;
    if (!a.value || !b.value || llvm::AddOverflow(*a.value, *b.value, result))
      return std::nullopt;
    return result;
  }
  /// Rounded up: the share of the rank that holds most.
  friend Known operator/(Known a, int64_t ranks) {
    if (!a.value)
      return std::nullopt;
    return *a.value / ranks + (*a.value % ranks != 0);
  }
  operator std::optional<int64_t>() const { return value; }

private:
  std::optional<int64_t> value;
};
} // namespace

/// Three matrices with a gate (SwiGLU), else two.
static Known matrices(const ModelFigures &model) {
  if (!model.gated)
    return std::nullopt;
  return *model.gated ? 3 : 2;
}

namespace {
/// Parameters of a block: matrices every token multiplies with, split over the
/// tensor-parallel ranks or not, and norms, which cost no FLOPs worth counting.
struct Matrices {
  Known split = 0;
  Known whole = 0;
  Known norms = 0;
};
} // namespace

static BlockCost costOf(Matrices parts, int64_t ranks,
                        std::optional<int64_t> tokens) {
  Known perToken = parts.split / ranks + parts.whole;
  return {perToken + parts.norms, Known(2) * tokens * perToken};
}

BlockCost moe::embeddingCost(const ModelFigures &model,
                             const RankShare &share) {
  return {Known(model.vocab) / share.tp * model.hidden, 0};
}

BlockCost moe::outputCost(const ModelFigures &model, const RankShare &share) {
  return costOf({Known(model.vocab) * model.hidden, 0, model.hidden}, share.tp,
                share.tokens);
}

/// Key and value projections. Below one key-value head a rank, heads are
/// replicated.
static Matrices keyValueMatrices(const ModelFigures &model, const LayerRun &run,
                                 int64_t tp) {
  Known hidden = model.hidden;
  if (run.isLatentAttention()) {
    Known latent = Known(run.kvLoraRank);
    Known perHead = Known(run.qkNopeDim) + Known(run.vHeadDim);
    return {latent * Known(run.heads) * perHead,
            hidden * (latent + Known(run.qkRopeDim)), latent};
  }
  std::optional<int64_t> heads = run.kvHeads;
  if (heads && *heads < tp)
    heads = tp;
  return {Known(2) * hidden * heads * Known(run.headDim), 0, 0};
}

BlockCost moe::keyValueCost(const ModelFigures &model, const LayerRun &run,
                            const RankShare &share) {
  return costOf(keyValueMatrices(model, run, share.tp), share.tp, share.tokens);
}

/// Query and output projections.
static Matrices queryOutputMatrices(const ModelFigures &model,
                                    const LayerRun &run) {
  Known hidden = model.hidden, heads = Known(run.heads);
  if (!run.isLatentAttention())
    return {Known(2) * hidden * heads * Known(run.headDim), 0, 0};
  Known query = heads * (Known(run.qkNopeDim) + Known(run.qkRopeDim));
  Known output = heads * Known(run.vHeadDim) * hidden;
  if (!run.qLoraRank)
    return {hidden * query + output, 0, 0};
  return {Known(run.qLoraRank) * query + output, hidden * Known(run.qLoraRank),
          Known(run.qLoraRank)};
}

BlockCost moe::attentionCost(const ModelFigures &model, const LayerRun &run,
                             const RankShare &share) {
  Matrices query = queryOutputMatrices(model, run);
  Matrices keyValue = keyValueMatrices(model, run, share.tp);
  BlockCost cost =
      costOf({query.split + keyValue.split, query.whole + keyValue.whole,
              query.norms + keyValue.norms + model.hidden},
             share.tp, share.tokens);
  // Scores and weighted sum: 2 FLOP x (score size + value size) per head, query
  // and key, half of the keys when causal.
  Known sizes =
      run.isLatentAttention()
          ? Known(run.qkNopeDim) + Known(run.qkRopeDim) + Known(run.vHeadDim)
          : Known(2) * Known(run.headDim);
  Known core =
      Known(run.heads) / share.tp * sizes * share.contextLength * share.tokens;
  cost.flops = Known(cost.flops) + core;
  return cost;
}

BlockCost moe::feedForwardCost(const ModelFigures &model,
                               std::optional<int64_t> width,
                               const RankShare &share) {
  return costOf(
      {matrices(model) * model.hidden * Known(width), 0, model.hidden},
      share.tp, share.tokens);
}

BlockCost moe::expertsCost(const ModelFigures &model, const LayerRun &run,
                           const RankShare &share, int64_t slots,
                           std::optional<int64_t> rows) {
  Known expert =
      matrices(model) * model.hidden * Known(run.expertWidth) / share.etp;
  Known router = Known(model.hidden) * Known(run.experts);
  return {Known(slots) * expert + router + model.hidden,
          Known(2) * Known(rows) * expert};
}

BlockCost moe::mtpCost(const ModelFigures &model, const RankShare &share) {
  Known hidden = model.hidden;
  return costOf({Known(2) * hidden * hidden, 0, Known(3) * hidden}, share.tp,
                share.tokens);
}
