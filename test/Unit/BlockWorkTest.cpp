//===- BlockWorkTest.cpp - Blocks against published parameter counts ------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/BlockWork.h"
#include "gtest/gtest.h"

using namespace mlir::moe::cost;

namespace {

/// One rank, one sequence.
Job jobOf(int64_t hidden, int64_t vocab, int64_t sequence = 4096) {
  Job job;
  job.model.hidden = hidden;
  job.model.vocab = vocab;
  job.model.matrices = 3;
  job.workload.microBatch = 1;
  job.workload.sequenceLength = sequence;
  return job;
}

/// mistralai/Mixtral-8x22B-v0.1, config.json.
LayerShape mixtral() {
  LayerShape layer;
  layer.begin = 0, layer.end = 56, layer.sparse = true;
  layer.heads = 48, layer.kvHeads = 8, layer.headDim = 128;
  layer.experts = 8, layer.topK = 2, layer.expertWidth = 16384;
  layer.slotsPerRank = 8;
  return layer;
}

TEST(BlockWork, MixtralAddsUpTo141Billion) {
  Job job = jobOf(6144, 32000);
  LayerShape layer = mixtral();
  Count perLayer = attentionWork(job, layer).weights +
                   routerWork(job, layer).weights +
                   expertsWork(job, layer).weights;
  Count total = perLayer * layer.size() + embeddingWork(job).weights +
                outputWork(job).weights;
  EXPECT_EQ(total, Count(140'620'634'112)); // what its checkpoint holds
}

TEST(BlockWork, DeepSeekV3AddsUpTo671Billion) {
  // deepseek-ai/DeepSeek-V3, config.json; without the MTP layer.
  Job job = jobOf(7168, 129280);
  LayerShape layer;
  layer.latentAttention = true;
  layer.heads = 128, layer.qLoraRank = 1536, layer.kvLoraRank = 512;
  layer.qkNopeDim = 128, layer.qkRopeDim = 64, layer.vHeadDim = 128;
  layer.ffnWidth = 18432;
  layer.experts = 256, layer.topK = 8, layer.expertWidth = 2048;
  layer.sharedWidth = 2048, layer.slotsPerRank = 256;
  Count total =
      attentionWork(job, layer).weights * 61 +
      feedForwardWork(job, layer).weights * 3 +
      (routerWork(job, layer).weights + expertsWork(job, layer).weights +
       sharedExpertsWork(job, layer).weights) *
          58 +
      embeddingWork(job).weights + outputWork(job).weights;
  // The checkpoint holds 671,026,419,200 and, of 58 layers, 256 biases of the
  // router each, which balance loads and are not weights of a matrix.
  EXPECT_EQ(total, Count(671'026'404'352));
}

TEST(BlockWork, TensorParallelRanksShareWhatIsSplit) {
  Job one = jobOf(6144, 32000), two = one;
  two.degrees.tp = 2;
  Count whole = attentionWork(one, mixtral()).weights;
  Count half = attentionWork(two, mixtral()).weights;
  // The norm of 6144 parameters is on both ranks.
  EXPECT_EQ(half * 2, whole + 6144);
}

TEST(BlockWork, KeyValueHeadsBelowOneARankAreReplicated) {
  Job job = jobOf(6144, 32000);
  job.degrees.tp = 16;
  // 16 ranks, 8 heads: one head of 128 each, keys and values.
  EXPECT_EQ(keyValueWork(job, mixtral()).weights, Count(2 * 6144 * 128));
}

TEST(BlockWork, ContextParallelRanksComputeKeysAndValuesApart) {
  Job one = jobOf(6144, 32000), two = one;
  two.degrees.cp = 2;
  EXPECT_EQ(attentionWork(one, mixtral()).weights,
            attentionWork(two, mixtral()).weights +
                keyValueWork(two, mixtral()).weights);
}

TEST(BlockWork, RanksThatExchangeHeadsComputeAllProjectionsApart) {
  Job one = jobOf(6144, 32000), two = one;
  two.degrees.cp = 2;
  two.workload.contextExchange = ContextExchange::AllToAll;
  BlockWork before = queryKeyValueWork(two, mixtral());
  BlockWork core = attentionWork(two, mixtral());
  BlockWork behind = attentionOutputWork(two, mixtral());
  EXPECT_EQ(before.weights, Count(6144 * 128 * (48 + 2 * 8)));
  EXPECT_EQ(behind.weights, Count(6144 * 128 * 48));
  EXPECT_EQ(core.weights, Count(6144)); // the norm
  EXPECT_EQ(core.gemmFlops, Count(0));
  BlockWork whole = attentionWork(one, mixtral());
  EXPECT_EQ((before.gemmFlops + behind.gemmFlops) * 2, whole.gemmFlops);
  EXPECT_EQ(core.coreFlops * 2, whole.coreFlops);
  EXPECT_EQ(before.weights + core.weights + behind.weights,
            attentionWeights(two, mixtral()));
  // What they exchange: 48 + 2 x 8 heads before, 48 behind.
  EXPECT_EQ(queryKeyValueWidth(two, mixtral()), Count(64 * 128));
  EXPECT_EQ(attentionResultWidth(two, mixtral()), Count(48 * 128));
  // Decode splits the cache instead.
  two.workload.phase = Phase::Decode;
  EXPECT_FALSE(two.exchangesHeads());
}

TEST(BlockWork, Qwen3AddsUpTo30Billion) {
  // Qwen/Qwen3-30B-A3B, config.json; queries and keys of a head have a norm.
  Job job = jobOf(2048, 151936);
  LayerShape layer;
  layer.heads = 32, layer.kvHeads = 4, layer.headDim = 128;
  layer.queryKeyNorm = QueryKeyNorm::PerHead;
  layer.experts = 128, layer.topK = 8, layer.expertWidth = 768;
  layer.slotsPerRank = 128;
  Count perLayer = attentionWork(job, layer).weights +
                   routerWork(job, layer).weights +
                   expertsWork(job, layer).weights;
  Count total =
      perLayer * 48 + embeddingWork(job).weights + outputWork(job).weights;
  EXPECT_EQ(total, Count(30'532'122'624)); // what its checkpoint holds
  // Reads and writes 32 + 4 heads of 128 in bf16.
  Count with = attentionWork(job, layer).movedBytes;
  layer.queryKeyNorm = QueryKeyNorm::None;
  EXPECT_EQ(with,
            attentionWork(job, layer).movedBytes + 4096LL * 36 * 128 * 2 * 2);
}

/// openai/gpt-oss-120b and -20b, config.json: attention, router and experts
/// have biases, each head a sink (modeling_gpt_oss.py of transformers).
Count gptOssTotal(int64_t layers, int64_t experts) {
  Job job = jobOf(2880, 201088);
  job.model.biases = true;
  LayerShape layer;
  layer.heads = 64, layer.kvHeads = 8, layer.headDim = 64;
  layer.experts = experts, layer.topK = 4, layer.expertWidth = 2880;
  layer.slotsPerRank = experts;
  Count perLayer = attentionWork(job, layer).weights +
                   routerWork(job, layer).weights +
                   expertsWork(job, layer).weights;
  return perLayer * layers + embeddingWork(job).weights +
         outputWork(job).weights;
}

TEST(BlockWork, GptOssAddsUpTo117And21Billion) {
  // Model card (arXiv 2508.10925), table 1: 116.83 and 20.91 billion.
  EXPECT_EQ(gptOssTotal(36, 128), Count(116'829'156'672));
  EXPECT_EQ(gptOssTotal(24, 32), Count(20'914'757'184));
}

TEST(BlockWork, BiasesOverRanks) {
  Job job = jobOf(8, 16);
  LayerShape layer;
  layer.heads = 4, layer.kvHeads = 2, layer.headDim = 2;
  layer.experts = 4, layer.topK = 1, layer.expertWidth = 6;
  layer.slotsPerRank = 2;
  job.degrees.tp = job.degrees.etp = 2;
  Count attention = attentionWork(job, layer).weights;
  Count experts = expertsWork(job, layer).weights;
  job.model.biases = true;
  // Of queries 2 x 2 and two sinks, of a key and a value 2 each; every rank
  // has the bias of the result.
  EXPECT_EQ(attentionWork(job, layer).weights,
            attention + Count(4 + 2 + 2 * 2 + 8));
  // Two slots of half of the gates and values, and the whole result.
  EXPECT_EQ(expertsWork(job, layer).weights, experts + Count(2 * (6 + 8)));
  // Nothing is multiplied with them.
  Count flops = expertsWork(job, layer).gemmFlops;
  job.model.biases = false;
  EXPECT_EQ(expertsWork(job, layer).gemmFlops, flops);
}

TEST(BlockWork, ATokenOfDecodeSeesTheWholeContext) {
  Job job = jobOf(6144, 32000);
  LayerShape layer = mixtral();
  // 2 FLOP x (score + value) x heads x half of the keys.
  EXPECT_EQ(coreFlopsPerToken(job, layer), Count(2LL * 48 * 128 * 4096));
  job.workload.phase = Phase::Decode;
  job.workload.batch = 1;
  job.workload.contextLength = 4096;
  EXPECT_EQ(coreFlopsPerToken(job, layer), Count(4LL * 48 * 128 * 4096));
  EXPECT_EQ(attentionWork(job, layer).coreFlops, coreFlopsPerToken(job, layer));
  // Every second layer sees a window.
  layer.window = 96;
  EXPECT_EQ(coreFlopsPerToken(job, layer),
            Count(4LL * 48 * 128 * (4096 + 96) / 2));
  // Latent attention by its heads, (16 + 8) + 16 wide, not by the latents.
  layer = LayerShape();
  layer.latentAttention = true;
  layer.heads = 3, layer.qLoraRank = 5, layer.kvLoraRank = 7;
  layer.qkNopeDim = 16, layer.qkRopeDim = 8, layer.vHeadDim = 16;
  EXPECT_EQ(coreFlopsPerToken(job, layer), Count(2LL * 3 * 40 * 4096));
}

/// Forward FLOPs of one Mixtral attention block, by hand: 2 per parameter and
/// token, and causal core attention of 2 x heads x head size x context.
TEST(BlockWork, AttentionFlopsByHand) {
  BlockWork work = attentionWork(jobOf(6144, 32000), mixtral());
  int64_t projections = 6144LL * 128 * (2 * 48 + 2 * 8);
  int64_t core = 2LL * 48 * 128 * 4096;
  EXPECT_EQ(work.gemmFlops, Count(4096 * 2 * projections));
  EXPECT_EQ(work.coreFlops, Count(4096 * core));
}

TEST(BlockWork, DraftedTokensShareOneReadOfTheCache) {
  Job job = jobOf(6144, 32000);
  job.workload.phase = Phase::Decode;
  job.workload.batch = 4;
  job.workload.contextLength = 100;
  LayerShape layer = mixtral();
  BlockWork plain = attentionWork(job, layer);
  // Keys and values of 8 heads of 128, in bf16, of 100 tokens of 4 requests.
  EXPECT_EQ(plain.cacheBytes, Count(2LL * 8 * 128 * 2 * 100 * 4));
  job.workload.draftTokens = 1;
  BlockWork drafting = attentionWork(job, layer);
  EXPECT_EQ(drafting.cacheBytes, plain.cacheBytes);
  EXPECT_EQ(drafting.coreFlops, plain.coreFlops * 2);
  EXPECT_EQ(drafting.gemmFlops, plain.gemmFlops * 2);
  EXPECT_EQ(outputRows(job), Count(8));
  job.workload.fp8Cache = true;
  EXPECT_EQ(attentionWork(job, layer).cacheBytes, plain.cacheBytes / 2);
}

TEST(BlockWork, ExpertsComputeTheRowsOfTheirGroup) {
  Job job = jobOf(6144, 32000);
  job.degrees.ep = 4;
  LayerShape layer = mixtral();
  layer.slotsPerRank = 2;
  // 4096 tokens x 2 experts / 4 ranks from each of 4 ranks.
  EXPECT_EQ(exchangedRows(job, layer), Count(2048));
  EXPECT_EQ(expertRows(job, layer), Count(8192));
  EXPECT_EQ(expertsWork(job, layer).gemmFlops,
            Count(8192LL * 2 * 3 * 6144 * 16384));
  EXPECT_EQ(expertsWork(job, layer).rows, Count(4096));
  job.workload.capacityPermille = 1250;
  EXPECT_EQ(expertRows(job, layer), Count(10240));
  // An expert sees all 16384 tokens at most, whatever room it has.
  job.workload.capacityPermille = 100'000;
  EXPECT_EQ(expertRows(job, layer), Count(2 * 16384));
}

TEST(BlockWork, WhatIsNotStatedIsNotGuessed) {
  Job job = jobOf(6144, 32000);
  LayerShape layer = mixtral();
  layer.expertWidth = std::nullopt;
  EXPECT_FALSE(expertsWork(job, layer).weights);
  job.workload.sequenceLength = std::nullopt;
  EXPECT_FALSE(attentionWork(job, layer).gemmFlops);
  EXPECT_TRUE(attentionWork(job, layer).weights);
  job.model.matrices = std::nullopt;
  layer.ffnWidth = 100;
  EXPECT_FALSE(feedForwardWork(job, layer).weights);
}

TEST(BlockWork, OverflowIsUnknownInsteadOfWrapped) {
  Job job = jobOf(int64_t(1) << 40, int64_t(1) << 40);
  EXPECT_FALSE(embeddingWork(job).weights);
}

} // namespace
