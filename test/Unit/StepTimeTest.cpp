//===- StepTimeTest.cpp - x
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SmallJob.h"

#include "moe/Cost/Estimate.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::moe::cost;

namespace {

StageWork stageOf(double forward, double backward) {
  StageWork work;
  work.chunks.resize(1);
  work.chunks[0].forwardPs = static_cast<int64_t>(forward * 1e12);
  work.chunks[0].backwardPs = static_cast<int64_t>(backward * 1e12);
  return work;
}

StepTime stepOf(const Job &job, const Calibration &calibration,
                llvm::ArrayRef<StageWork> stages) {
  Estimate result;
  compose(job, calibration, stages, result);
  return result.step;
}

TEST(StepTime, APipelineFillsAndDrains) {
  Job job = smallJob();
  job.stages.resize(4, job.stages[0]);
  job.degrees.pp = 4;
  job.machine.nvlink = job.machine.network = 1e30;
  // 8 micro-batches of 3 s, and 3 more of them to fill and drain.
  std::vector<StageWork> stages(4, stageOf(1, 2));
  StepTime step = stepOf(job, Calibration(), stages);
  EXPECT_NEAR(step.compute, 24, 1e-9);
  EXPECT_NEAR(step.bubble, 9, 1e-9);
  // Interleaved: a chunk of half a stage fills as early (arXiv 2104.04473).
  job.degrees.vpp = 2;
  EXPECT_NEAR(stepOf(job, Calibration(), stages).bubble, 4.5, 1e-9);
  // The slowest stage decides, the others only fill.
  stages[2] = stageOf(2, 4);
  step = stepOf(job, Calibration(), stages);
  EXPECT_NEAR(step.compute, 48, 1e-9);
  EXPECT_NEAR(step.bubble, 3 * (3 + 3 + 6 + 3) / 4.0 / 2, 1e-9);
}

TEST(StepTime, SchedulesThatPostponeGradientsOfWeights) {
  Job job = smallJob();
  job.stages.resize(4, job.stages[0]);
  job.degrees.pp = 4;
  job.machine.nvlink = job.machine.network = 1e30;
  std::vector<StageWork> stages(4, stageOf(1, 2));
  for (StageWork &stage : stages)
    stage.chunks[0].weightPs = 800'000'000'000;
  // DeepSeek-V3 (arXiv 2412.19437), table 2, with F = 1, B = 2, W = 0.8:
  // 1F1B (PP - 1)(F + B), ZB1P (PP - 1)(F + B - 2W).
  EXPECT_NEAR(stepOf(job, Calibration(), stages).bubble, 9, 1e-9);
  job.degrees.schedule = PipelineSchedule::ZeroBubble;
  EXPECT_NEAR(stepOf(job, Calibration(), stages).bubble, 3 * 1.4, 1e-9);
  // DualPipe (PP / 2 - 1)(F&B + B - 3W), F&B = 3.
  job.degrees.schedule = PipelineSchedule::DualPipe;
  EXPECT_NEAR(stepOf(job, Calibration(), stages).bubble, 1 * 2.6, 1e-9);
  // A rank runs its stage and the mirrored one in turn.
  stages[3] = stageOf(3, 6);
  EXPECT_NEAR(stepOf(job, Calibration(), stages).compute, 8 * (3 + 9) / 2.0,
              1e-9);
}

TEST(StepTime, DraftedTokensThatAreRight) {
  Job job = smallJob();
  job.workload.phase = Phase::Decode;
  job.workload.batch = 10, job.workload.contextLength = 100;
  Estimate plain, drafting;
  compose(job, Calibration(), {stageOf(0.1, 0)}, plain);
  EXPECT_NEAR(plain.tokensPerSecondPerGpu, 100, 1e-6);
  // Leviathan et al. (arXiv 2211.17192), equation 1: (1 - a^3) / (1 - a).
  job.workload.draftTokens = 2;
  job.workload.acceptance = 0.8;
  EXPECT_NEAR(job.tokensPerPass(), 1 + 0.8 + 0.64, 1e-12);
  EXPECT_EQ(job.tokens(), Count(30));
  compose(job, Calibration(), {stageOf(0.1, 0)}, drafting);
  EXPECT_NEAR(drafting.tokensPerSecondPerGpu, 244, 1e-6);
  // FLOP of a token are those of the model, drafts or not.
  EXPECT_EQ(drafting.forwardFlopsPerToken, plain.forwardFlopsPerToken);
}

TEST(StepTime, TheSlowerOfDeviceAndHostDecides) {
  Job job = smallJob();
  StageWork work = stageOf(1, 2);
  work.chunks[0].hostPs = 4'000'000'000'000; // 4 s, 5.2 s backward
  StepTime step = stepOf(job, Calibration(), work);
  double forward = std::pow(1 + std::pow(4.0, 5), 0.2);
  double backward = std::pow(std::pow(2.0, 5) + std::pow(5.2, 5), 0.2);
  EXPECT_NEAR(step.compute, 24, 1e-9);
  EXPECT_NEAR(step.host, 8 * (forward + backward - 3), 1e-9);
  // Far below the device it costs nothing.
  work.chunks[0].hostPs = 100'000'000'000;
  EXPECT_NEAR(stepOf(job, Calibration(), work).host, 0, 1e-3);
}

TEST(StepTime, OverlapHidesExchanges) {
  Job job = smallJob();
  Calibration calibration;
  calibration.overlappedExchange = 0.25;
  StageWork work = stageOf(1, 2);
  Traffic &exchange = work.chunks[0].at(Axis::Expert, Collective::AllToAll);
  exchange.count = 2;
  exchange.picoseconds = 1'000'000'000'000;
  // Forward and backward, 8 micro-batches.
  EXPECT_NEAR(stepOf(job, calibration, work).expertTraffic, 16, 1e-9);
  job.workload.expertOverlap = true;
  EXPECT_NEAR(stepOf(job, calibration, work).expertTraffic, 4, 1e-9);
  // Recomputing the experts dispatches once more.
  work.chunks[0].repeatedAt(Axis::Expert, Collective::AllToAll) = exchange;
  EXPECT_NEAR(stepOf(job, calibration, work).expertTraffic, 6, 1e-9);
}

TEST(StepTime, HalvesOfAServedBatchHideWhatTheyCompute) {
  Job job = smallJob();
  job.workload.phase = Phase::Decode;
  job.workload.expertOverlap = true;
  job.workload.batch = 4;
  job.workload.contextLength = 8;
  Calibration calibration;
  calibration.overlappedExchange = 0.1;
  calibration.servedExchange = 0.5;
  StageWork work = stageOf(1, 0);
  Traffic &exchange = work.chunks[0].at(Axis::Expert, Collective::AllToAll);
  exchange.count = 2;
  exchange.picoseconds = 1'000'000'000'000;
  EXPECT_NEAR(stepOf(job, calibration, work).expertTraffic, 0.5, 1e-9);
  // 3 s cannot hide behind 1 s.
  exchange.picoseconds = 3'000'000'000'000;
  EXPECT_NEAR(stepOf(job, calibration, work).expertTraffic, 2, 1e-9);
}

TEST(StepTime, TensorParallelGathersOnceMoreBackward) {
  Job job = smallJob();
  StageWork work = stageOf(1, 2);
  Traffic &gather = work.chunks[0].at(Axis::Tensor, Collective::AllGather);
  gather.count = 1;
  gather.picoseconds = 1'000'000'000'000;
  // Backward a scatter of gradients, and the gather again.
  EXPECT_NEAR(stepOf(job, Calibration(), work).tensorTraffic, 8 * 3, 1e-9);
}

TEST(StepTime, ProductsHideAllButOnePartOfAGather) {
  Job job = smallJob();
  job.degrees.tp = 4, job.degrees.groups[0] = spread(4, 4);
  job.workload.tensorOverlap = true;
  StageWork work = stageOf(1, 2);
  work.chunks[0].at(Axis::Tensor, Collective::AllGather).count = 1;
  work.chunks[0].at(Axis::Tensor, Collective::AllGather).picoseconds =
      800'000'000'000;
  // Without products nothing hides: 0.8 s and twice as much, 8 batches.
  EXPECT_NEAR(stepOf(job, Calibration(), work).tensorTraffic, 8 * 2.4, 1e-9);
  // A quarter of 0.8 s shows forward, twice as much backward.
  work.chunks[0].tensorProductPs = 900'000'000'000;
  EXPECT_NEAR(stepOf(job, Calibration(), work).tensorTraffic, 8 * 0.6, 1e-9);
  // What products of 0.5 s are too short for: 0.3 s of 0.8 s and 0.6 s of
  // 1.6 s, behind two products.
  work.chunks[0].tensorProductPs = 500'000'000'000;
  EXPECT_NEAR(stepOf(job, Calibration(), work).tensorTraffic, 8 * 0.9, 1e-9);
}

TEST(StepTime, RingsRunBesideAttention) {
  Job job = smallJob();
  job.degrees.cp = 2;
  job.workload.globalBatch = 8;
  StageWork work = stageOf(1, 2);
  work.chunks[0].coreFlops = 2'000'000'000'000'000; // 2 s
  Traffic &ring = work.chunks[0].at(Axis::Context, Collective::AllGather);
  ring.count = 1;
  ring.picoseconds = 1'000'000'000'000;
  // 0.15 of 1 s forward and of 2 s backward shows in any case.
  EXPECT_NEAR(stepOf(job, Calibration(), work).otherTraffic, 8 * 0.45, 1e-9);
  ring.picoseconds = 4'000'000'000'000;
  // 4 - 2 s forward, 8 - 5 s backward.
  EXPECT_NEAR(stepOf(job, Calibration(), work).otherTraffic, 8 * 5, 1e-9);
}

TEST(StepTime, AttentionWaitsForGatheredKeysAndExchangedHeads) {
  Job job = smallJob();
  job.degrees.cp = 2;
  job.workload.globalBatch = 8;
  job.workload.expertOverlap = true;
  StageWork work = stageOf(1, 2);
  work.chunks[0].coreFlops = 2'000'000'000'000'000;
  Traffic &gather = work.chunks[0].at(Axis::Context, Collective::AllGather);
  gather.count = 1;
  gather.picoseconds = 1'000'000'000'000;
  job.workload.contextExchange = ContextExchange::AllGather;
  // 1 s forward; backward keys come again and gradients go back.
  EXPECT_NEAR(stepOf(job, Calibration(), work).otherTraffic, 8 * 3, 1e-9);
  // Heads come and go as often backward as forward.
  gather = Traffic();
  Traffic &exchange = work.chunks[0].at(Axis::Context, Collective::AllToAll);
  exchange.count = 2;
  exchange.picoseconds = 1'000'000'000'000;
  job.workload.contextExchange = ContextExchange::AllToAll;
  EXPECT_NEAR(stepOf(job, Calibration(), work).otherTraffic, 8 * 2, 1e-9);
  EXPECT_EQ(stepOf(job, Calibration(), work).expertTraffic, 0);
}

TEST(StepTime, TheLastMicroBatchHidesTheReduction) {
  Job job = smallJob();
  job.workload.sharding = StateSharding::Distributed;
  Calibration calibration;
  calibration.exposedGradients = 0.25;
  StageWork work = stageOf(1, 2);
  Traffic &scatter = work.gradients.at(Axis::Data, Collective::ReduceScatter);
  scatter.count = 1;
  scatter.picoseconds = 2'000'000'000'000;
  EXPECT_NEAR(stepOf(job, calibration, work).gradients, 0.5, 1e-9);
  scatter.picoseconds = 10'000'000'000'000; // 10 s behind 3 s
  EXPECT_NEAR(stepOf(job, calibration, work).gradients, 7, 1e-9);
  calibration.hidingShare = 0.5;
  EXPECT_NEAR(stepOf(job, calibration, work).gradients, 8.5, 1e-9);
}

TEST(StepTime, EveryMicroBatchHidesItsOwnOfFullyShardedTraining) {
  Job job = smallJob();
  job.workload.sharding = StateSharding::FullyShared;
  StageWork work = stageOf(1, 2);
  Traffic &gathers = work.gradients.at(Axis::Data, Collective::AllGather);
  gathers.count = 2;
  gathers.picoseconds = 6'000'000'000'000;
  // 6 s in each of 8 micro-batches, behind 3 s of computation each.
  EXPECT_NEAR(stepOf(job, Calibration(), work).gradients, 48 - 24, 1e-6);
}

TEST(StepTime, AnOptimizerTouchesItsShareOnce) {
  Job job = smallJob();
  job.machine.memoryBandwidth = 1e12;
  setGroup(job, Axis::Data, spread(4, 4));
  StageWork work = stageOf(1, 2);
  work.denseWeights = 4'000'000'000;
  // Master and two moments of 4 bytes read and written, a gradient read.
  EXPECT_NEAR(stepOf(job, Calibration(), work).optimizer, 4e9 * 28 / 1e12,
              1e-9);
  job.workload.sharding = StateSharding::Distributed;
  EXPECT_NEAR(stepOf(job, Calibration(), work).optimizer, 1e9 * 28 / 1e12,
              1e-9);
}

TEST(StepTime, OffloadedStatesCrossTheHostLink) {
  Job job = smallJob();
  job.machine.memoryBandwidth = 1e12;
  job.machine.hostLink = 50e9;
  job.workload.offloadPermille = 250;
  StageWork work = stageOf(1, 2);
  work.denseWeights = 4'000'000'000;
  // 28 bytes of three quarters on the device; of a quarter a gradient of 4
  // bytes goes and a parameter of 2 comes back.
  EXPECT_NEAR(stepOf(job, Calibration(), work).optimizer,
              3e9 * 28 / 1e12 + 1e9 * 6 / 50e9, 1e-9);
}

TEST(StepTime, RanksThatSplitACacheMakeTheSameTokens) {
  Job job = smallJob();
  job.workload.phase = Phase::Decode;
  job.workload.batch = 64, job.workload.contextLength = 4096;
  Estimate alone, split;
  compose(job, Calibration(), {stageOf(0.1, 0)}, alone);
  EXPECT_NEAR(alone.tokensPerSecondPerGpu, 640, 1); // 64 in 0.1 s
  // Sixteen ranks hold a sixteenth of each key; the replica makes 64 tokens.
  job.degrees.cp = 16;
  compose(job, Calibration(), {stageOf(0.1, 0)}, split);
  EXPECT_NEAR(split.tokensPerSecondPerGpu, 40, 1);
}

TEST(StepTime, PartsAddUpToTheStep) {
  Job job = smallJob();
  Calibration calibration;
  calibration.stepSeconds = 0.5;
  Workspace workspace;
  Estimate result;
  estimate(job, calibration, workspace, result);
  const StepTime &step = result.step;
  EXPECT_GT(step.compute, 0);
  EXPECT_EQ(step.fixed, 0.5);
  EXPECT_NEAR(result.tokensPerSecondPerGpu, 8 * 1000 / step.total(), 1e-6);
}

} // namespace
