//===- BlockTimeTest.cpp - Time of blocks, by hand ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A machine of round figures: 1 PFLOP/s in bf16, 2 in fp8, 1 TB/s of memory,
// 100 GB/s inside a domain and 10 GB/s outside. The formulas are those of
// lib/Cost/BlockTime.cpp and MovedBytes.cpp; what they were fitted to is in
// share/calibration.json.
//
//===----------------------------------------------------------------------===//

#include "BlockTime.h"
#include "moe/Cost/BlockWork.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::moe::cost;

namespace {

Job roundJob() {
  Job job;
  job.machine.peakBf16 = 1e15;
  job.machine.peakFp8 = 2e15;
  job.machine.memoryBandwidth = 1e12;
  job.machine.nvlink = 100e9;
  job.machine.network = 10e9;
  job.model.hidden = 1024;
  job.model.vocab = 32000;
  job.model.matrices = 3;
  job.workload.microBatch = 1;
  job.workload.globalBatch = 8;
  job.workload.sequenceLength = 1000;
  return job;
}

LayerShape roundLayer() {
  LayerShape layer;
  layer.begin = 0, layer.end = 4, layer.sparse = true;
  layer.heads = 8, layer.kvHeads = 8, layer.headDim = 128;
  layer.ffnWidth = 4096;
  layer.experts = 8, layer.topK = 2, layer.expertWidth = 512;
  layer.slotsPerRank = 8;
  return layer;
}

/// Only products: 1e9 FLOP over 100 rows, 50 columns wide.
BlockWork products() {
  BlockWork work;
  work.gemmFlops = 1'000'000'000;
  work.rows = 100;
  work.width = 50;
  return work;
}

TEST(BlockTime, ProductsRunAtTheirShareOfThePeak) {
  Calibration calibration;
  Job job = roundJob();
  auto forward = [&] {
    return timeOf(BlockKind::FeedForward, products(), job, calibration).forward;
  };
  EXPECT_EQ(forward(), Count(1'000'000)); // 1e9 / 1e15 s, in ps
  calibration.gemmShare = 0.5;
  EXPECT_EQ(forward(), Count(2'000'000));
  // 100 rows at which a product takes twice, and 50 columns again.
  calibration.halfRows = 100;
  EXPECT_EQ(forward(), Count(4'000'000));
  calibration.halfWidth = 50;
  EXPECT_EQ(forward(), Count(8'000'000));
  job.workload.precision = NumberFormat::FP8;
  calibration.fp8Ratio = 0.8; // 2 PFLOP/s x 0.5 x 0.8
  EXPECT_EQ(forward(), Count(5'000'000));
}

TEST(BlockTime, FormatsWithoutTensorCoresComputeInWiderOnes) {
  Job job = roundJob();
  Calibration calibration;
  job.workload.precision = NumberFormat::NVFP4;
  auto time = timeOf(BlockKind::Experts, products(), job, calibration);
  EXPECT_EQ(time.forward, Count(500'000)); // at the fp8 peak
  job.machine.peakFp8 = 0;
  time = timeOf(BlockKind::Experts, products(), job, calibration);
  EXPECT_EQ(time.forward, Count(1'000'000));
  // The output head stays in bf16.
  job.machine.peakFp8 = 2e15;
  time = timeOf(BlockKind::Output, products(), job, calibration);
  EXPECT_EQ(time.forward, Count(1'000'000));
}

TEST(BlockTime, FullPrecisionRunsAtHalfTheRate) {
  Job job = roundJob();
  job.workload.precision = NumberFormat::FP32;
  for (BlockKind kind : {BlockKind::Experts, BlockKind::Output})
    EXPECT_EQ(timeOf(kind, products(), job, Calibration()).forward,
              Count(2'000'000)); // 1e9 FLOP as TF32, at 0.5 PFLOP/s
  BlockWork scores;
  scores.coreFlops = 1'000'000'000;
  EXPECT_EQ(coreSeconds(scores.coreFlops, 0, job, Calibration()), 2e-6);
}

TEST(BlockTime, ReadingWeightsBoundsProductsOfFewRows) {
  BlockWork work = products();
  work.weights = 5'000'000; // 10 MB in bf16: 10 us
  auto time = timeOf(BlockKind::FeedForward, work, roundJob(), Calibration());
  EXPECT_EQ(time.forward, Count(10'000'000));
}

TEST(BlockTime, AttentionTakesExponentialsBesideItsProducts) {
  BlockWork work;
  work.coreFlops = 512'000'000; // 1e6 scores of heads of 128
  work.scores = 1'000'000;
  Calibration calibration;
  calibration.coreShare = 0.5;
  calibration.exponentialRate = 1e12;
  calibration.forwardExponentials = 0.5;
  calibration.backwardExponentials = 2;
  auto time = timeOf(BlockKind::Attention, work, roundJob(), calibration);
  // 512e6 / 0.5e15 s and half an exponential for each score.
  EXPECT_EQ(time.forward, Count(1'024'000 + 500'000));
  // Five products for two; 2 exponentials.
  EXPECT_EQ(time.backward, Count(2'560'000 + 2'000'000));
}

TEST(BlockTime, BackwardTakesTwoProductsAndWhatIsRedone) {
  BlockWork work = products();
  work.movedBytes = 1'000'000;    // 1 us
  work.backwardBytes = 2'000'000; // 2 us
  work.redoneGemmFlops = 500'000'000;
  work.redoneMovedBytes = 1'000'000;
  Calibration calibration;
  calibration.blockGap = 4e-6;
  auto time = timeOf(BlockKind::Experts, work, roundJob(), calibration);
  EXPECT_EQ(time.forward, Count(1'000'000 + 1'000'000 + 4'000'000));
  EXPECT_EQ(time.backward, Count(2'000'000 + 2'000'000 + 6'000'000 + // gap
                                 500'000 + 1'000'000));
}

TEST(BlockTime, GraphsSpareTheHost) {
  BlockWork work = products();
  work.launches = 100;
  Calibration calibration;
  calibration.launchSeconds = 10e-6;
  calibration.graphShare = 0.25;
  Job job = roundJob();
  auto host = [&] {
    return timeOf(BlockKind::Experts, work, job, calibration).host;
  };
  EXPECT_EQ(host(), Count(1'000'000'000));
  job.workload.graphs = GraphScope::Parts;
  EXPECT_EQ(host(), Count(250'000'000));
  job.workload.graphs = GraphScope::Step;
  EXPECT_EQ(host(), Count(0));
  job.workload.graphs = GraphScope::None;
  job.workload.phase = Phase::Decode;
  EXPECT_EQ(host(), Count(0));
}

TEST(BlockTime, DecodeReadsTheExpertsThatTokensChose) {
  // 8 weights of a byte, 1 byte a second, products that take no time.
  Job job = roundJob();
  job.workload.phase = Phase::Decode;
  job.workload.precision = NumberFormat::FP8;
  job.machine.memoryBandwidth = 1;
  job.machine.peakBf16 = job.machine.peakFp8 = 1e30;
  BlockWork work;
  work.weights = 8;
  auto seconds = [&](BlockKind kind, int64_t rowsOfAnExpert) {
    work.gemmFlops = Count(2 * 8) * rowsOfAnExpert;
    auto time = timeOf(kind, work, job, Calibration());
    return static_cast<double>(*time.forward) * 1e-12;
  };
  EXPECT_NEAR(seconds(BlockKind::Experts, 1), 8 * (1 - std::exp(-1.0)), 1e-6);
  EXPECT_NEAR(seconds(BlockKind::Experts, 30), 8, 1e-6);
  EXPECT_NEAR(seconds(BlockKind::FeedForward, 1), 8, 1e-6);
  // Two halves of a batch read what each of them needs.
  job.degrees.ep = 2;
  job.workload.expertOverlap = true;
  EXPECT_NEAR(seconds(BlockKind::Experts, 2), 2 * 8 * (1 - std::exp(-1.0)),
              1e-6);
  EXPECT_NEAR(seconds(BlockKind::FeedForward, 1), 16, 1e-6);
}

TEST(BlockTime, WhatIsNotKnownHasNoTime) {
  BlockWork work = products();
  work.scores = std::nullopt;
  auto time = timeOf(BlockKind::Attention, work, roundJob(), Calibration());
  EXPECT_FALSE(time.forward);
  EXPECT_FALSE(time.backward);
  EXPECT_FALSE(time.host);
}

//===----------------------------------------------------------------------===//
// Traffic beside the products
//===----------------------------------------------------------------------===//

TEST(MovedBytes, NormsAndResidualsOfADenseBlock) {
  BlockWork work = feedForwardWork(roundJob(), roundLayer());
  // 5 passes over a row of 2 x 1024 bytes (norm: read, write; residual: read
  // two, write one), and gate and value read, their product written.
  Count plain = 1000LL * (5 * 2 * 1024 + 3 * 2 * 4096);
  EXPECT_EQ(work.movedBytes, plain);
  // 1.8 times that, and main gradients of 4 bytes read and written.
  Count weights = 3LL * 1024 * 4096 + 1024;
  EXPECT_EQ(work.weights, weights);
  EXPECT_EQ(work.backwardBytes, plain * 18 / 10 + weights * 8);
  EXPECT_EQ(work.width, Count(1024));
}

TEST(MovedBytes, QuantisingReadsAndWritesOperands) {
  Job job = roundJob();
  Count plain = feedForwardWork(job, roundLayer()).movedBytes;
  Count operands = 1000LL * (1024 + 4096);
  job.workload.precision = NumberFormat::MXFP8;
  EXPECT_EQ(feedForwardWork(job, roundLayer()).movedBytes,
            plain + operands * 41 / 10);
  job.workload.precision = NumberFormat::FP8;
  EXPECT_EQ(feedForwardWork(job, roundLayer()).movedBytes,
            plain + operands * 6);
  job.workload.phase = Phase::Prefill;
  job.workload.batch = 1;
  EXPECT_EQ(feedForwardWork(job, roundLayer()).movedBytes,
            plain + operands * 3);
}

TEST(MovedBytes, ExpertsPermuteTheirRows) {
  Job job = roundJob();
  // 2000 rows: 8 passes of the all-to-all dispatcher, 5 of a fused one.
  Count gates = 2000LL * 512 * 6, pass = 2000LL * 1024 * 2;
  EXPECT_EQ(expertsWork(job, roundLayer()).movedBytes, gates + pass * 8);
  job.workload.dispatcher = TokenDispatcher::HybridEP;
  EXPECT_EQ(expertsWork(job, roundLayer()).movedBytes, gates + pass * 5);
  // Gates of gpt-oss run as fp32 kernels one by one.
  job.model.clampedGates = true;
  EXPECT_EQ(expertsWork(job, roundLayer()).movedBytes, gates * 15 + pass * 5);
  job.workload.precision = NumberFormat::MXFP8;
  job.workload.graphs = GraphScope::Step;
  EXPECT_TRUE(job.workload.fusesExperts());
  job.workload.softwareMonth = 2026 * 12 + 4;
  EXPECT_FALSE(job.workload.fusesExperts());
}

TEST(MovedBytes, ExpertsThatServeCopyQuantisedRows) {
  Job job = roundJob();
  job.workload.phase = Phase::Prefill;
  job.workload.batch = 1;
  job.workload.precision = NumberFormat::FP8;
  job.workload.dispatcher = TokenDispatcher::DeepEP;
  // 2000 rows of 1024: a byte in and out, 2 bytes of the result; 1000 tokens: 2
  // bytes of the sum, 3 to quantise; gates read twice 2 bytes and write one.
  Count rows = 2000LL * 1024 * 4, tokens = 1000LL * 1024 * (2 + 3);
  Count gates = 2000LL * 512 * 5;
  EXPECT_EQ(expertsWork(job, roundLayer()).movedBytes, rows + tokens + gates);
  job.workload.precision = NumberFormat::BF16;
  EXPECT_EQ(expertsWork(job, roundLayer()).movedBytes,
            Count(2000LL * 1024 * 6 + 1000LL * 1024 * 2 + 2000LL * 512 * 6));
  // Low-latency kernels write rows where the experts read them.
  job.workload.precision = NumberFormat::FP8;
  job.workload.phase = Phase::Decode;
  job.workload.batch = 1000;
  EXPECT_EQ(expertsWork(job, roundLayer()).movedBytes, gates);
}

TEST(MovedBytes, ServingSamplesFromTheLastTokenOfASequence) {
  Job job = roundJob();
  EXPECT_EQ(outputRows(job), job.tokens());
  BlockWork trained = outputWork(job);
  job.workload.phase = Phase::Prefill;
  job.workload.batch = 2; // of 1000 tokens each
  BlockWork served = outputWork(job);
  EXPECT_EQ(served.rows, Count(2));
  EXPECT_EQ(served.gemmFlops * 500, trained.gemmFlops);
  EXPECT_EQ(served.movedBytes * 500, trained.movedBytes);
  EXPECT_EQ(served.weights, trained.weights);
}

TEST(MovedBytes, LaunchesDependOnHowExpertsRun) {
  Job job = roundJob();
  EXPECT_EQ(expertsWork(job, roundLayer()).launches, Count(260));
  job.workload.precision = NumberFormat::FP8;
  EXPECT_EQ(expertsWork(job, roundLayer()).launches, Count(260 + 4 * 8));
  job.workload.capacityPermille = 1000;
  EXPECT_EQ(expertsWork(job, roundLayer()).launches, Count(100 + 4 * 8));
}

TEST(MovedBytes, RecomputedModulesRepeatTheirWork) {
  Job job = roundJob();
  job.workload.recompute.insert(RecomputeModule::MoEActivation);
  BlockWork work = expertsWork(job, roundLayer());
  EXPECT_EQ(work.redoneMovedBytes, Count(2000LL * 512 * 6));
  EXPECT_EQ(work.redoneGemmFlops, Count(0));
  job.workload.recompute.insert(RecomputeModule::FullLayer);
  work = attentionWork(job, roundLayer());
  EXPECT_EQ(work.redoneGemmFlops, work.gemmFlops);
  EXPECT_EQ(work.redoneCoreFlops, work.coreFlops);
  EXPECT_EQ(work.redoneMovedBytes, work.movedBytes);
}

TEST(MovedBytes, DecodeReadsKeysAndValues) {
  Job job = roundJob();
  job.workload.phase = Phase::Decode;
  job.workload.batch = 10;
  job.workload.contextLength = 500;
  BlockWork work = attentionWork(job, roundLayer());
  // 10 sequences x 500 keys x (8 keys + 8 values of 128) x 2 bytes.
  EXPECT_EQ(work.cacheBytes, Count(10LL * 500 * 2 * 8 * 128 * 2));
  // Every query sees every key: 2 FLOP x 8 heads x (128 + 128) x 500.
  EXPECT_EQ(work.coreFlops, Count(10LL * 2 * 8 * 256 * 500));
  // Latent attention: scores and sums over the latents themselves.
  LayerShape latent = roundLayer();
  latent.latentAttention = true;
  latent.qLoraRank = 0, latent.kvLoraRank = 64;
  latent.qkNopeDim = 128, latent.qkRopeDim = 32, latent.vHeadDim = 128;
  work = attentionWork(job, latent);
  EXPECT_EQ(work.cacheBytes, Count(10LL * 500 * (64 + 32) * 2));
  EXPECT_EQ(work.coreFlops, Count(10LL * 2 * 8 * (2 * 64 + 32) * 500));
}

TEST(MovedBytes, AWindowHidesKeysFromEverySecondLayer) {
  Job decode = roundJob();
  decode.workload.phase = Phase::Decode;
  decode.workload.batch = 10;
  decode.workload.contextLength = 500;
  LayerShape narrow = roundLayer();
  narrow.window = 100; // (500 + 100) / 2
  EXPECT_EQ(cachedKeys(decode, narrow), Count(300));
  EXPECT_EQ(attentionWork(decode, narrow).cacheBytes,
            Count(10LL * 300 * 2 * 8 * 128 * 2));
  LayerShape layer = roundLayer();
  Count all = attentionWork(roundJob(), layer).coreFlops;
  layer.window = 100; // (1000 + 2 x 100) / 2 of 1000 keys
  EXPECT_EQ(attentionWork(roundJob(), layer).coreFlops * 1000, all * 600);
}

} // namespace
