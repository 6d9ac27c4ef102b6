//===- BlockCostTest.cpp - Blocks against published parameter counts ------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The weights of all blocks on all ranks, added up, are the parameters of the
// model: checked against Mixtral-8x22B (141 B) and DeepSeek-V3 (671 B).
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/BlockCost.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::moe;

namespace {

class BlockCostTest : public ::testing::Test {
protected:
  MLIRContext context{MLIRContext::Threading::DISABLED};
  Location where = UnknownLoc::get(&context);

  ModelFigures model(int64_t hidden, int64_t vocab) {
    ModelFigures model(where);
    model.hidden.set(hidden, Origin::Stated, "stated");
    model.vocab.set(vocab, Origin::Stated, "stated");
    model.gated = true;
    return model;
  }
  /// mistralai/Mixtral-8x22B-v0.1, config.json.
  LayerRun mixtral() {
    LayerRun run(where);
    run.begin = 0, run.end = 56, run.sparse = true;
    run.heads = 48, run.kvHeads = 8, run.headDim = 128;
    run.experts = 8, run.topK = 2, run.expertWidth = 16384;
    return run;
  }
};

TEST_F(BlockCostTest, MixtralAddsUpTo141Billion) {
  ModelFigures figures = model(6144, 32000);
  LayerRun run = mixtral();
  RankShare share;
  int64_t layer = *attentionCost(figures, run, share).weights +
                  *expertsCost(figures, run, share, 8, std::nullopt).weights;
  int64_t total = run.size() * layer + *embeddingCost(figures, share).weights +
                  *outputCost(figures, share).weights;
  EXPECT_EQ(total, 140'620'634'112); // what its checkpoint holds
}

TEST_F(BlockCostTest, DeepSeekV3AddsUpTo671Billion) {
  // deepseek-ai/DeepSeek-V3, config.json; without the MTP layer.
  ModelFigures figures = model(7168, 129280);
  LayerRun dense(where), sparse(where);
  for (LayerRun *run : {&dense, &sparse}) {
    run->heads = 128, run->qLoraRank = 1536, run->kvLoraRank = 512;
    run->qkNopeDim = 128, run->qkRopeDim = 64, run->vHeadDim = 128;
  }
  sparse.experts = 256, sparse.topK = 8, sparse.expertWidth = 2048;
  RankShare share;
  int64_t attention = *attentionCost(figures, dense, share).weights;
  int64_t total =
      61 * attention + 3 * *feedForwardCost(figures, 18432, share).weights +
      58 * (*expertsCost(figures, sparse, share, 256, std::nullopt).weights +
            *feedForwardCost(figures, 2048, share).weights) +
      *embeddingCost(figures, share).weights +
      *outputCost(figures, share).weights;
  EXPECT_NEAR(static_cast<double>(total), 671e9, 0.1e9 + 0.03e9);
}

TEST_F(BlockCostTest, TensorParallelRanksShareWhatIsSplit) {
  ModelFigures figures = model(6144, 32000);
  LayerRun run = mixtral();
  RankShare one, two;
  two.tp = 2;
  int64_t whole = *attentionCost(figures, run, one).weights;
  int64_t half = *attentionCost(figures, run, two).weights;
  // The norm of 6144 parameters is on both ranks.
  EXPECT_EQ(2 * half, whole + 6144);
}

TEST_F(BlockCostTest, KeyValueHeadsBelowOneARankAreReplicated) {
  ModelFigures figures = model(6144, 32000);
  LayerRun run = mixtral();
  RankShare share;
  share.tp = 16;
  // 16 ranks, 8 heads: one head of 128 each, keys and values.
  EXPECT_EQ(*keyValueCost(figures, run, share).weights, 2 * 6144 * 128);
}

/// Forward FLOPs of one Mixtral attention block, by hand: 2 per parameter and
/// token, and causal core attention of 2 x heads x head size x context.
TEST_F(BlockCostTest, AttentionFlopsByHand) {
  ModelFigures figures = model(6144, 32000);
  LayerRun run = mixtral();
  RankShare share;
  share.tokens = 4096;
  share.contextLength = 4096;
  int64_t projections = 6144LL * 128 * (2 * 48 + 2 * 8);
  int64_t core = 2LL * 48 * 128 * 4096;
  EXPECT_EQ(*attentionCost(figures, run, share).flops,
            4096 * (2 * projections + core));
}

TEST_F(BlockCostTest, WhatIsNotStatedIsNotGuessed) {
  ModelFigures figures = model(6144, 32000);
  LayerRun run = mixtral();
  run.expertWidth = std::nullopt;
  RankShare share;
  EXPECT_FALSE(expertsCost(figures, run, share, 8, 10).weights);
  EXPECT_FALSE(attentionCost(figures, run, share).flops);
  figures.gated = std::nullopt;
  EXPECT_FALSE(feedForwardCost(figures, 100, share).weights);
}

TEST_F(BlockCostTest, OverflowIsUnknownInsteadOfWrapped) {
  ModelFigures figures = model(int64_t(1) << 40, int64_t(1) << 40);
  EXPECT_FALSE(embeddingCost(figures, RankShare()).weights);
}

} // namespace
