//===- KeptBytesTest.cpp - What blocks keep, worked by hand --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Worked by hand on the model of TinyModel.h. What is kept is named in
// lib/Cost/KeptTensors.h, with its source.
//
//===----------------------------------------------------------------------===//

#include "TinyModel.h"
#include "moe/Cost/BlockWork.h"
#include "gtest/gtest.h"

using namespace mlir::moe::cost;

namespace {

//===----------------------------------------------------------------------===//
// Kept for the backward pass
//===----------------------------------------------------------------------===//

TEST(KeptBytes, GroupedAttention) {
  // Input 64, result of the norm 64; queries (2 heads), keys and values (1
  // each): 8 x 4 x 2 numbers, 128; result 8 x 2 x 2 numbers, 64; a logarithm
  // of 4 bytes for each of 8 x 2 sums, 64.
  EXPECT_EQ(attentionWork(tinyJob(), denseLayer()).keptBytes, Count(384));
  // The norm again: 64 less. Flash attention keeps no scores to save.
  EXPECT_EQ(attentionWork(recomputing(tinyJob(), RecomputeModule::LayerNorm),
                          denseLayer())
                .keptBytes,
            Count(320));
  EXPECT_EQ(
      attentionWork(recomputing(tinyJob(), RecomputeModule::CoreAttention),
                    denseLayer())
          .keptBytes,
      Count(384));
  // The input alone.
  EXPECT_EQ(attentionWork(recomputing(tinyJob(), RecomputeModule::FullLayer),
                          denseLayer())
                .keptBytes,
            Count(64));
}

TEST(KeptBytes, NormsOfQueriesAndKeysKeepTheirInput) {
  // Queries and keys before their norms, 8 x 3 x 2 numbers, 96; a scale of 4
  // bytes for each of 8 x 3 heads, 96, or for each of 8 x 2 rows, 64.
  LayerShape layer = denseLayer();
  layer.queryKeyNorm = QueryKeyNorm::PerHead;
  EXPECT_EQ(attentionWork(tinyJob(), layer).keptBytes, Count(384 + 96 + 96));
  layer.queryKeyNorm = QueryKeyNorm::PerLayer;
  EXPECT_EQ(attentionWork(tinyJob(), layer).keptBytes, Count(384 + 96 + 64));
}

TEST(KeptBytes, TensorParallelRanksShareHeadsAndSequence) {
  Job job = tinyJob();
  job.degrees.tp = 2;
  // Hidden states are halved: 32 + 32. One query head, and the key-value head
  // is on both ranks: 8 x 3 x 2 numbers, 96; result 32, logarithms 32.
  EXPECT_EQ(attentionWork(job, denseLayer()).keptBytes, Count(224));
}

TEST(KeptBytes, ContextParallelRanksShareTokens) {
  Job job = tinyJob();
  job.degrees.cp = 2;
  // 4 tokens: half of 384.
  EXPECT_EQ(attentionWork(job, denseLayer()).keptBytes, Count(192));
  // And the result before heads are exchanged, 4 x 2 x 2 numbers.
  job.workload.contextExchange = ContextExchange::AllToAll;
  EXPECT_EQ(attentionWork(job, denseLayer()).keptBytes, Count(224));
}

TEST(KeptBytes, LatentAttention) {
  // Input and norm 128; latents 8 x 5 numbers before and after their norms,
  // 160; rotary key 8 x 1, 16; queries and keys 8 x 2 x 3 each and values
  // 8 x 2 x 2, 256; result 64 and logarithms 64.
  EXPECT_EQ(attentionWork(tinyJob(), latentLayer()).keptBytes, Count(688));
  // Queries, keys and values again: 256 less.
  EXPECT_EQ(
      attentionWork(recomputing(tinyJob(), RecomputeModule::MlaUpProjection),
                    latentLayer())
          .keptBytes,
      Count(432));
}

TEST(KeptBytes, FeedForward) {
  // Residual and norm 128; 8 x 6 neurons: gate and value 192, activation 96.
  EXPECT_EQ(feedForwardWork(tinyJob(), denseLayer()).keptBytes, Count(416));
  EXPECT_EQ(
      feedForwardWork(recomputing(tinyJob(), RecomputeModule::FeedForward),
                      denseLayer())
          .keptBytes,
      Count(128));
  Job ungated = tinyJob();
  ungated.model.matrices = 2;
  EXPECT_EQ(feedForwardWork(ungated, denseLayer()).keptBytes, Count(320));
}

TEST(KeptBytes, Experts) {
  // 16 rows: dispatched 128, gate and value of 6 neurons 384, activation 192.
  EXPECT_EQ(expertsWork(tinyJob(), sparseLayer()).keptBytes, Count(704));
  EXPECT_EQ(expertsWork(recomputing(tinyJob(), RecomputeModule::MoEActivation),
                        sparseLayer())
                .keptBytes,
            Count(512));
  EXPECT_EQ(
      expertsWork(recomputing(tinyJob(), RecomputeModule::MoE), sparseLayer())
          .keptBytes,
      Count(0));
  // The rank with half as many rows again.
  LayerShape skewed = sparseLayer();
  skewed.skew = LoadSkew::everywhere(1500);
  EXPECT_EQ(expertsWork(tinyJob(), skewed).keptBytes, Count(1056));
  // What is kept adds up over layers, what a layer needs for itself does not.
  LayerShape worse = skewed;
  worse.skew.worst = 3000;
  EXPECT_EQ(expertsWork(tinyJob(), worse).keptBytes, Count(1056));
  LayerShape thrice = sparseLayer();
  thrice.skew = LoadSkew::everywhere(3000);
  EXPECT_EQ(expertsWork(tinyJob(), worse).transientBytes,
            expertsWork(tinyJob(), thrice).transientBytes);
  EXPECT_EQ(expertsWork(tinyJob(), worse).gemmFlops,
            expertsWork(tinyJob(), skewed).gemmFlops);
}

TEST(KeptBytes, Router) {
  // Residual and norm 128; 16 bytes for each of 8 x 4 pairs, 512; 8 for each
  // of 8 x 2 choices, 128; 4 for each of 16 rows, 64.
  EXPECT_EQ(routerWork(tinyJob(), sparseLayer()).keptBytes, Count(832));
  EXPECT_EQ(
      routerWork(recomputing(tinyJob(), RecomputeModule::MoE), sparseLayer())
          .keptBytes,
      Count(128));
}

TEST(KeptBytes, QuantisedOperands) {
  // One byte a number, and in MXFP8 a scale for each 32.
  EXPECT_EQ(storedBytes(64, NumberFormat::FP8), Count(64));
  EXPECT_EQ(storedBytes(64, NumberFormat::MXFP8), Count(66));
  EXPECT_EQ(storedBytes(64, NumberFormat::NVFP4), Count(36));
  EXPECT_EQ(storedBytes(64, NumberFormat::BF16), Count(128));
  Job job = tinyJob();
  job.workload.precision = NumberFormat::MXFP8;
  // Input 64, norm 33, queries to logarithms 256, the copy of the result that
  // the output projection quantises 33.
  EXPECT_EQ(attentionWork(job, denseLayer()).keptBytes, Count(386));
  // 64 rows of numbers 66, gate and value stay in bf16 384, activation of 96
  // numbers 99.
  EXPECT_EQ(expertsWork(job, sparseLayer()).keptBytes, Count(549));
}

TEST(KeptBytes, ServingKeepsNothing) {
  Job job = tinyJob();
  job.workload.phase = Phase::Prefill;
  job.workload.batch = 1;
  EXPECT_EQ(attentionWork(job, denseLayer()).keptBytes, Count(0));
  EXPECT_EQ(feedForwardWork(job, denseLayer()).keptBytes, Count(0));
  EXPECT_EQ(expertsWork(job, sparseLayer()).keptBytes, Count(0));
}

//===----------------------------------------------------------------------===//
// Tokens on their way to experts
//===----------------------------------------------------------------------===//

TEST(TransientBytes, DispatchersHoldDifferentCopies) {
  Job job = tinyJob();
  job.degrees.ep = 2;
  LayerShape layer = sparseLayer();
  layer.slotsPerRank = 2;
  // 16 rows make 128 bytes; a hidden state 64 beside them. All-to-all holds
  // rows before and after the exchange, results and their old order.
  EXPECT_EQ(expertsWork(job, layer).transientBytes, Count(64 + 4 * 128));
  // With one expert a rank nothing is sorted.
  layer.slotsPerRank = 1;
  layer.experts = 2;
  EXPECT_EQ(expertsWork(job, layer).transientBytes, Count(64 + 3 * 128));
  // DeepEP receives each token once a rank: 2 x 64 of at most 128, there and
  // back.
  job.workload.dispatcher = TokenDispatcher::DeepEP;
  EXPECT_EQ(expertsWork(job, layer).transientBytes, Count(64 + 3 * 128));
  job.workload.dispatcher = TokenDispatcher::AllGather;
  EXPECT_EQ(expertsWork(job, layer).transientBytes,
            Count(64 + 128 + 2 * 2 * 64));
  // HybridEP permutes while it sends. The gradient of gate and value is larger:
  // 16 x 6 x 2 numbers, 384.
  job.workload.dispatcher = TokenDispatcher::HybridEP;
  EXPECT_EQ(expertsWork(job, layer).transientBytes, Count(64 + 384));
}

} // namespace
