//===- PredictionCostTest.cpp - Layers that predict further tokens --------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SmallJob.h"
#include "TinyModel.h"

#include "moe/Cost/CollectiveRuns.h"
#include "moe/Cost/Estimate.h"
#include "gtest/gtest.h"

using namespace mlir::moe::cost;

namespace {

std::vector<StageWork> worksOf(const Job &job) {
  std::vector<StageWork> stages;
  measureStages(job, Calibration(), stages);
  return stages;
}

Estimate estimateOf(const Job &job) {
  Workspace workspace;
  Estimate result;
  estimate(job, Calibration(), workspace, result);
  return result;
}

/// With an embedding and an output head of 1024 x 1024.
Job wholeJob() {
  Job job = smallJob();
  job.stages[0].embedding = job.stages[0].output = true;
  return job;
}

constexpr int64_t headFlops = 2LL * 1000 * 1024 * 1024;

//===----------------------------------------------------------------------===//
// Training
//===----------------------------------------------------------------------===//

// process_mtp_loss of Megatron-Core applies the output head, and a loss, to the
// hidden states of each prediction.
TEST(PredictionCost, EveryPredictionHasAnOutputHead) {
  Job job = wholeJob();
  StageWork alone = worksOf(job)[0];
  EXPECT_EQ(alone.output.gemmFlops, Count(headFlops));
  job.stages[0].mtpLayers = 2;
  StageWork both = worksOf(job)[0];
  EXPECT_EQ(both.output.gemmFlops, Count(3 * headFlops));
  EXPECT_EQ(both.output.forwardPs, alone.output.forwardPs * 3);
  EXPECT_EQ(both.output.backwardPs, alone.output.backwardPs * 3);
  // Two layers with their projections: 2 x 1024 x 1024 and three norms.
  Count layer = alone.chunks[0].gemmFlops / 4;
  EXPECT_EQ(both.mtp.gemmFlops, (layer + Count(2 * headFlops)) * 2);
  // The heads are the same 1024 x 1024 weights.
  Count parameters = both.denseWeights - alone.denseWeights;
  EXPECT_EQ(parameters,
            Count(2) * (4LL * 1024 * 1024 + 3LL * 1024 * 4096 + 2LL * 1024 +
                        2LL * 1024 * 1024 + 3LL * 1024));
}

// What a step computes is what FLOP per token say.
TEST(PredictionCost, StagesComputeWhatTheModelCounts) {
  Job job = wholeJob();
  job.stages[0].mtpLayers = 1;
  StageWork work = worksOf(job)[0];
  Count flops = 0;
  for (const PartWork *part : {&work.chunks[0], &work.mtp, &work.output})
    flops += part->gemmFlops + part->coreFlops;
  Estimate result;
  countModel(job, result);
  EXPECT_EQ(flops, result.forwardFlopsPerToken * 1000);
}

// Without predictions 9 gathers forward and 18 backward, 9 and 9 scatters
// (CollectiveRunsTest). A prediction has a layer, 2 and 4 gathers and 2 and 2
// scatters, and a head, 1 gather and 1 more, and 1 scatter.
TEST(PredictionCost, HeadsGatherTheirTokens) {
  Job job = wholeJob();
  job.degrees.tp = 2;
  placeGroups(job.degrees, 8);
  job.stages[0].mtpLayers = 1;
  std::vector<StageWork> stages = worksOf(job);
  RankTraffic rank = trafficOfRank(job, Calibration(), stages, 0);
  EXPECT_EQ(rank.batch.at(Axis::Tensor, Collective::AllGather).count,
            27 + 6 + 2);
  EXPECT_EQ(rank.batch.at(Axis::Tensor, Collective::ReduceScatter).count,
            18 + 4 + 1);
}

// A layout may put them on the stage before the loss: their hidden states go to
// the output head beside those of the model, and gradients come back.
TEST(PredictionCost, HeadsStandWithTheLoss) {
  Job job = wholeJob();
  job.degrees.pp = 3;
  job.stages.assign(3, StageShape());
  job.stages[0].chunks = {{0, 2}};
  job.stages[1].chunks = {{2, 4}};
  job.stages[2].chunks = {{4, 4}};
  job.stages[0].embedding = job.stages[2].output = true;
  job.stages[1].mtpLayers = 1;
  placeGroups(job.degrees, 8);
  std::vector<StageWork> stages = worksOf(job);
  EXPECT_EQ(stages[1].output.gemmFlops, Count(0));
  EXPECT_EQ(stages[2].output.gemmFlops, Count(2 * headFlops));
  for (auto [stage, states, gradients] :
       {std::tuple(0, 1, 0), {1, 2, 1}, {2, 0, 2}}) {
    EXPECT_EQ(statesSent(job, stage, 0), states);
    EXPECT_EQ(gradientsSent(job, stage, 0), gradients);
    RankTraffic rank = trafficOfRank(job, Calibration(), stages, stage);
    EXPECT_EQ(rank.batch.at(Axis::Pipeline, Collective::SendRecv).count,
              states + gradients);
  }
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

// The copy in which predictions look tokens up is held, reduced and updated.
TEST(PredictionCost, CopiesOfTheEmbeddingAreTrained) {
  Job job = tinyJob();
  job.degrees.pp = 2, job.degrees.dp = 4;
  addLayers(job, denseLayer(), 2);
  setGroupSizes(job.degrees);
  job.workload.sharding = StateSharding::Distributed;
  job.stages[1].mtpLayers = 1;
  // Attention and feed-forward of two layers 2 x (52 + 76), the projection
  // 2 x 4 x 4 with three norms, the head 16 x 4 with its norm, and a copy of
  // the embedding.
  constexpr int64_t held = 2 * 128 + 44 + 68 + 64;
  StageWork work = worksOf(job)[1];
  EXPECT_EQ(work.denseWeights, Count(held));
  EXPECT_EQ(work.gradients.at(Axis::Data, Collective::ReduceScatter).sent,
            Count(3 * held / 4 * 4));
  Estimate result = estimateOf(job);
  EXPECT_EQ(result.stages[1].memory.gradients, Count(4 * held));
  // 1 byte per second: master and two moments in and out, a gradient in.
  EXPECT_NEAR(result.step.optimizer, held / 4 * 28, 1e-6);
}

TEST(PredictionCost, TiedHeadsAreTrainedOnce) {
  Job job = tinyJob();
  addLayers(job, denseLayer(), 1);
  job.model.tiedEmbeddings = true;
  constexpr int64_t held = 128 + 64 + 4;
  EXPECT_EQ(worksOf(job)[0].denseWeights, Count(held));
  Estimate result = estimateOf(job);
  EXPECT_EQ(result.stages[0].memory.optimizer, Count(12 * held));
  EXPECT_NEAR(result.step.optimizer, held * 28, 1e-6);
}

// Muon keeps one moment of layers, Adam two of the embedding and the head.
TEST(PredictionCost, EndsAreUpdatedByTheirOwnRule) {
  Job job = tinyJob();
  addLayers(job, denseLayer(), 1);
  job.workload.layerMoments = 1;
  constexpr int64_t layers = 128 + 4, ends = 2 * 64;
  Estimate result = estimateOf(job);
  EXPECT_EQ(result.stages[0].memory.optimizer, Count(8 * layers + 12 * ends));
  EXPECT_NEAR(result.step.optimizer, layers * 20 + ends * 28, 1e-6);
}

//===----------------------------------------------------------------------===//
// Drafts
//===----------------------------------------------------------------------===//

Job draftingJob(int64_t drafts) {
  Job job = wholeJob();
  job.workload.phase = Phase::Decode;
  job.workload.batch = 10, job.workload.contextLength = 100;
  job.workload.draftTokens = drafts;
  job.workload.acceptance = 0.8;
  job.stages[0].mtpLayers = 1;
  return job;
}

/// FLOP of the products of a layer for one token.
constexpr int64_t layerFlops = 2 * (4LL * 1024 * 1024 + 3LL * 1024 * 4096);
constexpr int64_t projectionFlops = 2 * 2LL * 1024 * 1024;

// propose() in vllm/v1/spec_decode/eagle.py: the first draft runs over all 10 x
// (1 + n) verified tokens, each other one over 10; every head sees 10.
TEST(PredictionCost, DraftsSeeOneTokenOfEachSequence) {
  for (int64_t drafts : {1, 2, 3}) {
    StageWork work = worksOf(draftingJob(drafts))[0];
    int64_t verified = 10 * (1 + drafts),
            drafted = verified + 10 * (drafts - 1);
    EXPECT_EQ(work.chunks[0].gemmFlops, Count(4 * layerFlops * verified));
    EXPECT_EQ(work.mtp.gemmFlops,
              Count((layerFlops + projectionFlops) * drafted));
    EXPECT_EQ(work.output.gemmFlops,
              Count(2LL * 1024 * 1024 * (verified + 10 * drafts)));
  }
}

// Two layers take turns; fewer drafts than layers leave some idle.
TEST(PredictionCost, LayersTakeTurns) {
  Job job = draftingJob(3);
  StageWork one = worksOf(job)[0];
  job.stages[0].mtpLayers = 2;
  StageWork two = worksOf(job)[0];
  EXPECT_EQ(two.mtp.gemmFlops, one.mtp.gemmFlops);
  EXPECT_EQ(two.output.gemmFlops, one.output.gemmFlops);
  EXPECT_GT(*two.denseWeights, *one.denseWeights);
  job.workload.draftTokens = 1;
  EXPECT_EQ(worksOf(job)[0].mtp.gemmFlops,
            Count((layerFlops + projectionFlops) * 20));
}

// Ranks that draft need an output head wherever they are in the pipeline.
TEST(PredictionCost, DraftsBringTheirHead) {
  Job job = draftingJob(2);
  job.degrees.pp = 2;
  job.stages.assign(2, StageShape());
  job.stages[0].chunks = {{0, 4}};
  job.stages[1].chunks = {{4, 4}};
  job.stages[0].embedding = job.stages[1].output = true;
  StageWork before = worksOf(job)[0];
  job.stages[0].mtpLayers = 1;
  placeGroups(job.degrees, 8);
  std::vector<StageWork> stages = worksOf(job);
  EXPECT_EQ(stages[0].output.gemmFlops, Count(2LL * 1024 * 1024 * 20));
  EXPECT_EQ(stages[1].output.gemmFlops, Count(2LL * 1024 * 1024 * 30));
  Count head = 1024LL * 1024 + 1024;
  Count layer = 4LL * 1024 * 1024 + 3LL * 1024 * 4096 + 2LL * 1024 +
                2LL * 1024 * 1024 + 3LL * 1024;
  EXPECT_EQ(stages[0].denseWeights, before.denseWeights + layer + head);
  EXPECT_EQ(statesSent(job, 0, 0), 1);
}

TEST(PredictionCost, DraftsCostLessThanVerifiedTokens) {
  // Three drafts of one layer and 0.8 accepted: faster than none.
  Job plain = draftingJob(0), drafting = draftingJob(3);
  plain.stages[0].mtpLayers = 0;
  for (Job *job : {&plain, &drafting})
    job->machine.memoryBandwidth = 1e12; // Reading weights takes longest.
  EXPECT_GT(estimateOf(drafting).tokensPerSecondPerGpu,
            1.5 * estimateOf(plain).tokensPerSecondPerGpu);
}

//===----------------------------------------------------------------------===//
// DualPipe
//===----------------------------------------------------------------------===//

/// 4 stages of one layer each, 8 replicas.
Job mirroredJob() {
  Job job = tinyJob();
  job.degrees.schedule = PipelineSchedule::DualPipe;
  job.degrees.pp = 4, job.degrees.dp = job.degrees.edp = 8;
  addLayers(job, denseLayer(), 4);
  job.workload.globalBatch = 64;
  return job;
}

// Ranks of both ends hold the same two stages: gradients are summed over 16.
TEST(MirroredStages, TwiceAsManyRanksSumGradients) {
  Job job = mirroredJob();
  placeGroups(job.degrees, 8);
  EXPECT_EQ(job.degrees.group(Axis::Data).size, 16);
  EXPECT_EQ(job.degrees.group(Axis::Data).local, 8);
  EXPECT_EQ(job.degrees.group(Axis::ExpertData).size, 16);
  // Both halves where a domain holds the pipeline.
  placeGroups(job.degrees, 32);
  EXPECT_EQ(job.degrees.group(Axis::Data).local, 16);
  job.workload.sharding = StateSharding::Distributed;
  std::vector<StageWork> stages = worksOf(job);
  // Stage 1: attention and feed-forward 128, in 16 shares of 8.
  EXPECT_EQ(stages[1].gradients.at(Axis::Data, Collective::ReduceScatter).sent,
            Count(4 * 128 * 15 / 16));
  EXPECT_EQ(stages[1].gradients.at(Axis::Data, Collective::AllGather).sent,
            Count(2 * 8 * 15));
  // A rank holds stages 1 and 2, and updates 8 parameters of each.
  Estimate result = estimateOf(job);
  EXPECT_EQ(result.stages[1].memory.optimizer, Count(12 * 2 * 8));
  EXPECT_EQ(result.stages[1].memory.weights, Count(2 * 2 * 128));
}

TEST(MirroredStages, OthersSumOverTheirOwn) {
  Job job = mirroredJob();
  job.degrees.schedule = PipelineSchedule::ZeroBubble;
  placeGroups(job.degrees, 8);
  EXPECT_EQ(job.degrees.group(Axis::Data).size, 8);
  job.degrees.schedule = PipelineSchedule::DualPipe;
  job.degrees.pp = 1;
  placeGroups(job.degrees, 8);
  EXPECT_EQ(job.degrees.group(Axis::Data).size, 8);
}

// One rank a replica: only the mirror image has the same parameters, and no
// other axis has a communicator for the two.
TEST(MirroredStages, NeedACommunicatorOfTheirOwn) {
  Job job = mirroredJob();
  job.degrees.dp = job.degrees.edp = 1;
  job.degrees.cp = job.degrees.ep = 2;
  job.degrees.sameRanks[static_cast<unsigned>(Axis::Data)] = Axis::Context;
  job.degrees.sameRanks[static_cast<unsigned>(Axis::ExpertData)] = Axis::Tensor;
  placeGroups(job.degrees, 8);
  EXPECT_EQ(job.degrees.group(Axis::ExpertData).size, 2);
  EXPECT_TRUE(job.degrees.ownsRanks(Axis::Data));
  EXPECT_TRUE(job.degrees.ownsRanks(Axis::ExpertData));
  EXPECT_FALSE(estimateOf(job).traffic.empty());
}

// DeepSeek-V3, section 3.2.3: the shallowest and the deepest layers are on one
// rank, so predictions and a tied head share the embedding.
TEST(MirroredStages, ShareTheEmbedding) {
  Job job = mirroredJob();
  job.stages[3].mtpLayers = 1;
  placeGroups(job.degrees, 8);
  EXPECT_EQ(embeddingCopies(job, 3), Count(0));
  job.model.tiedEmbeddings = true;
  EXPECT_EQ(embeddingCopies(job, 3), Count(-64));
  EXPECT_EQ(embeddingCopies(job, 0), Count(0));
  job.degrees.schedule = PipelineSchedule::OneFOneB;
  EXPECT_EQ(embeddingCopies(job, 3), Count(64));
}

} // namespace
