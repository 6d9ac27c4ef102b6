//===- BlockCost.h - Weights and FLOPs of one block on one rank --*- C++
//-*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Closed forms for the blocks of a transformer layer, per rank. Sources:
// parameter counts and FLOP convention of Megatron-LM (megatron/training/
// theoretical_memory_usage.py, and num_floating_point_operations in
// megatron/training/training.py): 2 FLOP per multiply-add, core attention
// counted causal, i.e. half, the router ignored.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_BLOCKCOST_H
#define MOE_ANALYSIS_BLOCKCOST_H

#include "moe/Analysis/PlanModel.h"

namespace mlir::moe {

/// Nothing where the plan leaves out a figure the formula needs, or where the
/// result does not fit 63 bits.
struct BlockCost {
  std::optional<int64_t> weights; ///< parameters this rank holds
  std::optional<int64_t> flops;   ///< forward, over `tokens` of the rank
};

/// What one rank does, as far as blocks depend on it.
struct RankShare {
  int64_t tp = 1, etp = 1;
  /// Tokens of the block's input on this rank, before sequence sharding.
  std::optional<int64_t> tokens;
  /// Tokens a query attends to at most.
  std::optional<int64_t> contextLength;
};

BlockCost embeddingCost(const ModelFigures &model, const RankShare &share);
/// The output head, and the norm before it.
BlockCost outputCost(const ModelFigures &model, const RankShare &share);
/// Key and value projections alone.
BlockCost keyValueCost(const ModelFigures &model, const LayerRun &run,
                       const RankShare &share);
/// Attention with its norm, key and value projections included.
BlockCost attentionCost(const ModelFigures &model, const LayerRun &run,
                        const RankShare &share);
/// A dense feed-forward block of the given width, with its norm.
BlockCost feedForwardCost(const ModelFigures &model,
                          std::optional<int64_t> width, const RankShare &share);
/// `slots` routed experts that together see `rows` rows, and the router.
BlockCost expertsCost(const ModelFigures &model, const LayerRun &run,
                      const RankShare &share, int64_t slots,
                      std::optional<int64_t> rows);
/// Projection and norms of a multi-token prediction layer (DeepSeek-V3
/// technical report, section 2.2), without its transformer block.
BlockCost mtpCost(const ModelFigures &model, const RankShare &share);

} // namespace mlir::moe

#endif // MOE_ANALYSIS_BLOCKCOST_H
