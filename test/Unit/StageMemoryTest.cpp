//===- StageMemoryTest.cpp - What a rank holds, worked by hand ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Worked by hand on the model of TinyModel.h. Sources are named in
// lib/Cost/PeakMoment.h, Workspaces.h and StageMemory.h.
//
//===----------------------------------------------------------------------===//

#include "TinyModel.h"
#include "moe/Cost/Estimate.h"
#include "gtest/gtest.h"

using namespace mlir::moe::cost;

namespace {

StageMemory memoryOf(const Job &job, size_t stage = 0) {
  Workspace workspace;
  Estimate result;
  estimate(job, Calibration(), workspace, result);
  return result.stages[stage].memory;
}

constexpr int64_t mebi = int64_t(1) << 20;

TEST(StageMemory, StatesByWhoSharesThem) {
  Job job = tinyJob();
  addLayers(job, denseLayer(), 1);
  job.degrees.dp = 2;
  job.degrees.groups[static_cast<unsigned>(Axis::Data)].size = 2;
  // Attention 4 x (4 + 4) + 4 x 4 and its norm 4; feed-forward 3 x 4 x 6 and
  // its norm 4; embedding and head 2 x 64 and the last norm 4.
  constexpr int64_t weights = 52 + 76 + 132;
  StageMemory whole = memoryOf(job);
  EXPECT_EQ(whole.weights, Count(2 * weights));
  EXPECT_EQ(whole.gradients, Count(4 * weights));
  EXPECT_EQ(whole.optimizer, Count(12 * weights));
  // Megatron-LM's theoretical_memory_usage.py: 6 + 12 / DP.
  job.workload.sharding = StateSharding::Distributed;
  EXPECT_EQ(memoryOf(job).gradients, Count(4 * weights));
  EXPECT_EQ(memoryOf(job).optimizer, Count(12 * weights / 2));
  // FP32 master weights, bf16 moments: 4 + 2 + 2.
  job.workload.moments = NumberFormat::BF16;
  EXPECT_EQ(memoryOf(job).optimizer, Count(8 * weights / 2));
  job.workload.sharding = StateSharding::FullyShared;
  EXPECT_EQ(memoryOf(job).weights, Count(2 * weights / 2));
  EXPECT_EQ(memoryOf(job).gradients, Count(4 * weights / 2));
}

TEST(StageMemory, Fp32WeightsAreTheirOwnMaster) {
  Job job = tinyJob();
  addLayers(job, denseLayer(), 1);
  job.workload.precision = NumberFormat::FP32;
  // FP32Optimizer of Megatron-Core: weights, gradients and two moments of 4
  // bytes, no copy of the weights.
  constexpr int64_t weights = 52 + 76 + 132;
  EXPECT_EQ(memoryOf(job).weights, Count(4 * weights));
  EXPECT_EQ(memoryOf(job).gradients, Count(4 * weights));
  EXPECT_EQ(memoryOf(job).optimizer, Count(8 * weights));
}

TEST(StageMemory, VocabulariesArePadded) {
  Job job = tinyJob();
  addLayers(job, denseLayer(), 1);
  job.degrees.tp = 2;
  job.model.vocab = 17;
  // Rounded up over the ranks: 9 rows of embedding and head, 4 wide.
  EXPECT_EQ(job.vocabShare(), Count(9));
  Count before = memoryOf(job).weights;
  // _vocab_size_with_padding of Megatron-LM: a multiple of 128 x 2.
  job.model.vocabMultiple = megatronVocabMultiple;
  EXPECT_EQ(job.vocabShare(), Count(128));
  EXPECT_EQ(memoryOf(job).weights, before + Count(2 * 2 * (128 - 9) * 4));
  job.model.vocab = 257;
  EXPECT_EQ(job.vocabShare(), Count(256));
  // Padding is no part of the model.
  Estimate padded, plain;
  countModel(job, padded);
  job.model.vocabMultiple = 1;
  countModel(job, plain);
  EXPECT_EQ(padded.parameters, plain.parameters);
  job.model.vocab = std::nullopt;
  job.model.vocabMultiple = megatronVocabMultiple;
  EXPECT_FALSE(job.vocabShare());
}

TEST(StageMemory, OptimizersKeepAsManyMomentsAsTheyNeed) {
  Job job = tinyJob();
  addLayers(job, denseLayer(), 1);
  // As above: the layer and the last norm, the embedding and the head.
  constexpr int64_t layers = 52 + 76 + 4, ends = 128;
  // Lion, or SGD with momentum: a master weight and one moment, 4 bytes each.
  job.workload.layerMoments = job.workload.endMoments = 1;
  EXPECT_EQ(memoryOf(job).optimizer, Count(8 * (layers + ends)));
  // Muon: the ends under Adam.
  job.workload.endMoments = 2;
  EXPECT_EQ(memoryOf(job).optimizer, Count(8 * layers + 12 * ends));
  job.degrees.dp = 2;
  job.degrees.groups[static_cast<unsigned>(Axis::Data)].size = 2;
  job.workload.sharding = StateSharding::Distributed;
  EXPECT_EQ(memoryOf(job).optimizer, Count((8 * layers + 12 * ends) / 2));
}

TEST(StageMemory, PredictionLayersCopyTheEmbedding) {
  Job job = tinyJob();
  job.degrees.pp = 2;
  addLayers(job, denseLayer(), 2);
  Count before = memoryOf(job, 1).weights;
  job.stages[1].mtpLayers = 1;
  // A layer of 128, its projection 2 x 4 x 4 with three norms of 4, and 16 x 4
  // for the embedding.
  EXPECT_EQ(memoryOf(job, 1).weights, before + Count(2 * (128 + 44 + 64)));
}

TEST(StageMemory, TiedEmbeddingsAreOnceOnOneStage) {
  Job job = tinyJob();
  addLayers(job, denseLayer(), 1);
  Count before = memoryOf(job).weights;
  job.model.tiedEmbeddings = true;
  EXPECT_EQ(memoryOf(job).weights, before - Count(2 * 64));
}

TEST(StageMemory, MicroBatchesInFlight) {
  Job job = tinyJob();
  job.degrees.pp = 4;
  addLayers(job, denseLayer(), 4);
  // 384 + 416 bytes a layer; stage i holds 4 - i micro-batches (1F1B).
  for (int64_t stage = 0; stage < 4; ++stage)
    EXPECT_EQ(memoryOf(job, stage).activations, Count(800 * (4 - stage)));
  // No more than there are.
  job.workload.globalBatch = 2;
  EXPECT_EQ(memoryOf(job, 0).activations, Count(800 * 2));
}

TEST(StageMemory, InterleavedChunksInFlight) {
  // Narayanan et al., SC 2021, section 2.2: stage 0 of 4 with 2 chunks warms up
  // with 2 x 3 + 4 passes and starts one more: 4 + 3 of its first chunk, 4 of
  // its second. The last stage holds 4 and 1.
  Job job = tinyJob();
  job.degrees.pp = 4;
  job.degrees.vpp = 2;
  addLayers(job, denseLayer(), 8);
  EXPECT_EQ(memoryOf(job, 0).activations, Count(800 * 11));
  EXPECT_EQ(memoryOf(job, 3).activations, Count(800 * 5));
  // Where chunks differ, each counts by itself: the first chunk of stage 0 is
  // the one with two layers.
  job.model.runs[0].end = 9;
  int64_t begin = 0;
  for (int64_t chunk = 0; chunk < 8; ++chunk) {
    int64_t layers = chunk == 0 ? 2 : 1;
    job.stages[chunk % 4].chunks[chunk / 4] = {begin, begin + layers};
    begin += layers;
  }
  EXPECT_EQ(memoryOf(job, 0).activations, Count(800 * (2 * 7 + 4)));
}

TEST(StageMemory, Workspaces) {
  // Placeholders: queries, keys and values 8 x 4, output 4 x 4, gate and value
  // 12 x 4, back 4 x 6: 120 numbers. Two workspaces of 32 MiB.
  Job job = tinyJob();
  addLayers(job, denseLayer(), 1);
  EXPECT_EQ(memoryOf(job).workspaces, Count(240 + 64 * mebi));
  // Shapes count once, however many layers have them.
  addLayers(job, denseLayer(), 5);
  EXPECT_EQ(memoryOf(job).workspaces, Count(240 + 64 * mebi));
  // Experts: 12 x 4 and 4 x 6 once, and four more workspaces.
  addLayers(job, sparseLayer(), 1);
  EXPECT_EQ(memoryOf(job).workspaces, Count(240 + 192 * mebi));
  // With a prediction layer its projection 4 x 8 and the head 16 x 4.
  addLayers(job, denseLayer(), 1);
  job.stages[0].mtpLayers = 1;
  EXPECT_EQ(memoryOf(job).workspaces, Count(240 + 2 * (32 + 64) + 64 * mebi));
}

TEST(StageMemory, LossAndGradientOfTheHead) {
  Job job = tinyJob();
  addLayers(job, denseLayer(), 1);
  // Norm's input and result 128; 8 x 16 logits in fp32 512 and in bf16 256.
  EXPECT_EQ(memoryOf(job).buffers, Count(896));
  // In place: 128 + 256; the gradient of the head is larger then: 128 + 256 +
  // 16 x 4 numbers 128 + a hidden state 64.
  job.workload.fusedLoss = true;
  EXPECT_EQ(memoryOf(job).buffers, Count(576));
  // A second head keeps its logits meanwhile.
  job.workload.fusedLoss = false;
  job.stages[0].mtpLayers = 1;
  EXPECT_EQ(memoryOf(job).buffers, Count(2 * 128 + 2 * 512 + 256));
}

TEST(StageMemory, GradientOfTheEmbedding) {
  Job job = tinyJob();
  job.model.vocab = 1024;
  job.degrees.pp = 2;
  addLayers(job, denseLayer(), 2);
  // 1024 x 4 numbers 8192 and a hidden state 64; the chunk's 800 are free.
  EXPECT_EQ(memoryOf(job, 0).buffers, Count(8192 + 64 - 800));
}

TEST(StageMemory, RecomputedLayersAreRebuilt) {
  Job job = recomputing(tinyJob(), RecomputeModule::FullLayer);
  job.degrees.pp = 2;
  addLayers(job, denseLayer(), 2);
  EXPECT_EQ(memoryOf(job, 0).activations, Count(2 * 64));
  // 800 less the input of 64; gradients: a hidden state 64 and gate and value
  // 192.
  EXPECT_EQ(memoryOf(job, 0).buffers, Count(736 + 64 + 192));
}

TEST(StageMemory, FullySharedStatesGatherTwoLayers) {
  Job job = tinyJob();
  job.degrees.pp = 2;
  addLayers(job, denseLayer(), 2);
  Count before = memoryOf(job, 0).buffers;
  job.workload.sharding = StateSharding::FullyShared;
  // 128 weights a layer: two layers in bf16, one layer's gradients in fp32.
  EXPECT_EQ(memoryOf(job, 0).buffers, before + Count(128 * (2 * 2 + 4)));
}

TEST(StageMemory, ServingHoldsWeightsAndKeys) {
  Job job = tinyJob();
  job.workload.phase = Phase::Decode;
  job.workload.batch = 3;
  job.workload.contextLength = 10;
  addLayers(job, denseLayer(), 2);
  // 2 layers x (key and value of 2) x 3 sequences x 10 tokens, in bf16.
  EXPECT_EQ(memoryOf(job).keyValueCache, Count(2 * 4 * 3 * 10 * 2));
  EXPECT_EQ(memoryOf(job).activations, Count(0));
  EXPECT_EQ(memoryOf(job).optimizer, Count(0));
  // Layers of 128 and the last norm in one byte, the ends in two.
  job.workload.precision = NumberFormat::FP8;
  EXPECT_EQ(memoryOf(job).weights, Count(2 * 128 + 4 + 2 * 2 * 64));
  // DeepSeek-V2, section 2.1: the latent and the rotary key, once for all
  // heads.
  addLayers(job, latentLayer(), 2);
  EXPECT_EQ(memoryOf(job).keyValueCache, Count(2 * 3 * 3 * 10 * 2));
}

TEST(StageMemory, CachesInEightBits) {
  Job job = tinyJob();
  job.workload.phase = Phase::Decode;
  job.workload.batch = 3;
  job.workload.contextLength = 10;
  addLayers(job, denseLayer(), 2);
  // A byte a number, as vLLM's --kv-cache-dtype fp8.
  job.workload.fp8Cache = true;
  EXPECT_EQ(memoryOf(job).keyValueCache, Count(2 * 4 * 3 * 10));
  // A prediction layer has keys of its own, like the last layer's.
  job.stages[0].mtpLayers = 1;
  EXPECT_EQ(memoryOf(job).keyValueCache, Count(3 * 4 * 3 * 10));
}

TEST(StageMemory, HostsKeepStates) {
  Job job = tinyJob();
  addLayers(job, denseLayer(), 1);
  constexpr int64_t weights = 52 + 76 + 132;
  EXPECT_EQ(memoryOf(job).host, Count(0));
  // Master weights and two moments of half of the parameters.
  job.workload.offloadPermille = 500;
  StageMemory half = memoryOf(job);
  EXPECT_EQ(half.optimizer, Count(12 * weights / 2));
  EXPECT_EQ(half.host, Count(12 * weights / 2));
  EXPECT_EQ(half.weights, Count(2 * weights));
  job.workload.offloadPermille = 1000;
  EXPECT_EQ(memoryOf(job).optimizer, Count(0));
  EXPECT_EQ(memoryOf(job).host, Count(12 * weights));
}

TEST(StageMemory, DualPipeHoldsMirroredStages) {
  // DeepSeek-V3 (arXiv 2412.19437), table 2: twice the parameters of 1F1B, and
  // activations of PP + 1 passes.
  Job job = tinyJob();
  job.degrees.pp = 4;
  addLayers(job, denseLayer(), 4);
  StageMemory first = memoryOf(job, 0), last = memoryOf(job, 3);
  job.degrees.schedule = PipelineSchedule::DualPipe;
  setGroupSizes(job.degrees);
  for (int64_t stage = 0; stage < 4; ++stage)
    EXPECT_EQ(memoryOf(job, stage).activations, Count(800 * 5));
  StageMemory both = memoryOf(job, 0);
  EXPECT_EQ(both.weights, first.weights + last.weights);
  EXPECT_EQ(both.gradients, first.gradients + last.gradients);
  EXPECT_EQ(both.optimizer, first.optimizer + last.optimizer);
  EXPECT_EQ(both.weights, memoryOf(job, 3).weights);
  // Twice as many ranks share the states of a parameter.
  job.workload.sharding = StateSharding::Distributed;
  EXPECT_EQ(memoryOf(job, 0).optimizer, (first.optimizer + last.optimizer) / 2);
  // ZB-H1 (arXiv 2401.10241): as many as 1F1B.
  job.degrees.schedule = PipelineSchedule::ZeroBubble;
  EXPECT_EQ(memoryOf(job, 0).activations, Count(800 * 4));
}

TEST(StageMemory, DispatchersReserveBuffersOfTheirOwn) {
  Job job = tinyJob();
  job.degrees.ep = 2;
  addLayers(job, sparseLayer(), 1);
  Count plain = memoryOf(job).reserve;
  job.workload.dispatcher = TokenDispatcher::DeepEP;
  // 10 channels x 8 peers x 256 tokens of 8 bytes.
  EXPECT_EQ(memoryOf(job).reserve, plain + Count(10 * 8 * 256 * 8));
  job.workload.dispatcher = TokenDispatcher::HybridEP;
  // 8 tokens of 2 ranks, in and out.
  EXPECT_EQ(memoryOf(job).reserve, plain + Count(8 * 2 * 8 * 2));
}

TEST(StageMemory, NothingWraps) {
  Job job = tinyJob();
  job.model.hidden = int64_t(1) << 40;
  job.workload.sequenceLength = int64_t(1) << 40;
  addLayers(job, denseLayer(), 1);
  StageMemory memory = memoryOf(job);
  EXPECT_FALSE(memory.activations);
  EXPECT_FALSE(memory.peak());
  Workspace workspace;
  Estimate result;
  estimate(job, Calibration(), workspace, result);
  job.machine.memoryBytes = 1e300;
  EXPECT_FALSE(result.fits(job.machine));
}

} // namespace
