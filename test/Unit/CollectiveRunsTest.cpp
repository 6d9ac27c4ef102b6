//===- CollectiveRunsTest.cpp - Collectives of a step, by hand ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SmallJob.h"

#include "moe/Cost/CollectiveRuns.h"
#include "moe/Cost/Estimate.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

using namespace mlir::moe::cost;

namespace {

/// With an embedding and an output head, whose traffic counts, too.
Job wholeJob() {
  Job job = smallJob();
  job.machine.memoryBandwidth = 1e12;
  job.stages[0].embedding = job.stages[0].output = true;
  return job;
}

/// The same with 8 experts of which a token takes 2, no dense layers.
Job sparseJob() {
  Job job = wholeJob();
  LayerShape &layer = job.model.runs[0];
  layer.sparse = true;
  layer.experts = 8, layer.topK = 2, layer.expertWidth = 512;
  return job;
}

void place(Job &job, int64_t domain = 8) { placeGroups(job.degrees, domain); }

/// One layer on each of the chunks of `pp` stages.
void cut(Job &job, int64_t pp, int64_t vpp) {
  job.degrees.pp = pp;
  job.degrees.vpp = vpp;
  job.model.runs[0].end = pp * vpp;
  job.stages.assign(pp, StageShape());
  for (int64_t stage = 0; stage < pp; ++stage)
    for (int64_t chunk = 0; chunk < vpp; ++chunk)
      job.stages[stage].chunks.push_back(
          {chunk * pp + stage, chunk * pp + stage + 1});
  job.stages.front().embedding = job.stages.back().output = true;
  place(job);
}

/// What a rank of each stage sends in a step.
std::vector<PartWork> trafficOf(const Job &job) {
  Calibration calibration;
  std::vector<StageWork> stages;
  measureStages(job, calibration, stages);
  std::vector<PartWork> traffic;
  traffic.reserve(stages.size());
  for (size_t stage = 0; stage < stages.size(); ++stage)
    traffic.push_back(
        trafficOfStep(job, trafficOfRank(job, calibration, stages, stage)));
  return traffic;
}

const Traffic &at(const PartWork &table, Axis axis, Collective kind) {
  return table.at(axis, kind);
}

Estimate estimateOf(const Job &job, const Calibration &calibration) {
  Workspace workspace;
  Estimate result;
  estimate(job, calibration, workspace, result);
  return result;
}

/// What shows of the collectives of some axes.
double exposedOf(const Estimate &result, llvm::ArrayRef<Axis> axes) {
  double sum = 0;
  for (const StepTraffic &traffic : result.traffic)
    if (llvm::is_contained(axes, traffic.axis))
      sum += traffic.exposed;
  return sum;
}

/// Shares of bandwidth and overlap that differ from 1 and from each other.
Calibration calibrated() {
  Calibration calibration;
  calibration.overlappedExchange = 0.25;
  calibration.exposedGradients = 0.3;
  calibration.hidingShare = 0.5;
  return calibration;
}

//===----------------------------------------------------------------------===//
// Tensor parallelism
//===----------------------------------------------------------------------===//

// Sequence parallelism, forward: attention and feed-forward of 4 layers gather
// and scatter once each, the embedding scatters, the output head gathers: 9
// gathers and 9 scatters. Backward each scatter becomes a gather and the other
// way round, and each gather runs once more for the gradients of weights: 18
// gathers and 9 scatters.
TEST(CollectiveRunsTest, SequenceParallelismGathersOnceMore) {
  Job job = wholeJob();
  job.degrees.tp = 2;
  place(job);
  PartWork table = trafficOf(job).front();
  const Traffic &gathers = at(table, Axis::Tensor, Collective::AllGather);
  const Traffic &scatters = at(table, Axis::Tensor, Collective::ReduceScatter);
  EXPECT_EQ(gathers.count, 8 * 27);
  EXPECT_EQ(scatters.count, 8 * 18);
  // Each sends half of 1000 x 1024 bf16 numbers.
  EXPECT_EQ(gathers.sent, Count(8LL * 27 * 1'024'000));
  EXPECT_EQ(scatters.sent, Count(8LL * 18 * 1'024'000));
  // Layers run again, embedding and output head do not: 8 more of each.
  job.workload.recompute.insert(RecomputeModule::FullLayer);
  table = trafficOf(job).front();
  EXPECT_EQ(at(table, Axis::Tensor, Collective::AllGather).count, 8 * 35);
  EXPECT_EQ(at(table, Axis::Tensor, Collective::ReduceScatter).count, 8 * 26);
}

// What is computed again is gathered and scattered again: each of 4 dense
// feed-forward blocks with `mlp`, no attention; shared experts with `moe` and
// with themselves.
TEST(CollectiveRunsTest, RecomputedBlocksGatherAgain) {
  auto countsOf = [](const Job &job) {
    PartWork table = trafficOf(job).front();
    return std::pair(at(table, Axis::Tensor, Collective::AllGather).count / 8,
                     at(table, Axis::Tensor, Collective::ReduceScatter).count /
                         8);
  };
  Job dense = wholeJob();
  dense.degrees.tp = 2;
  place(dense);
  dense.workload.recompute.insert(RecomputeModule::FeedForward);
  EXPECT_EQ(countsOf(dense), std::pair(INT64_C(27 + 4), INT64_C(18 + 4)));
  for (RecomputeModule module :
       {RecomputeModule::MoE, RecomputeModule::SharedExperts}) {
    Job sparse = sparseJob();
    sparse.model.runs[0].sharedWidth = 512;
    sparse.degrees.tp = 2;
    place(sparse);
    EXPECT_EQ(countsOf(sparse), std::pair(INT64_C(27), INT64_C(18)));
    sparse.workload.recompute.insert(module);
    EXPECT_EQ(countsOf(sparse), std::pair(INT64_C(27 + 4), INT64_C(18 + 4)));
  }
}

// Experts keep what the ranks of etp gathered: 4 gathers and 4 scatters
// forward, 4 and 4 backward.
TEST(CollectiveRunsTest, ExpertsKeepGatheredRows) {
  Job job = sparseJob();
  job.degrees.tp = job.degrees.etp = 2;
  place(job);
  PartWork table = trafficOf(job).front();
  EXPECT_EQ(at(table, Axis::ExpertTensor, Collective::AllGather).count, 8 * 8);
  EXPECT_EQ(at(table, Axis::ExpertTensor, Collective::ReduceScatter).count,
            8 * 8);
  // Computed again, they are gathered again.
  job.workload.recompute.insert(RecomputeModule::MoE);
  table = trafficOf(job).front();
  EXPECT_EQ(at(table, Axis::ExpertTensor, Collective::AllGather).count, 8 * 12);
  EXPECT_EQ(at(table, Axis::Tensor, Collective::AllGather).count,
            8 * 3 * (4 + 1));
}

TEST(CollectiveRunsTest, ServingRunsForwardAlone) {
  Job job = sparseJob();
  job.workload.phase = Phase::Prefill;
  job.workload.batch = 2;
  job.degrees.ep = job.degrees.dp = 4;
  place(job);
  EXPECT_EQ(
      at(trafficOf(job).front(), Axis::Expert, Collective::AllToAll).count, 8);
}

//===----------------------------------------------------------------------===//
// Context parallelism
//===----------------------------------------------------------------------===//

TEST(CollectiveRunsTest, KeysAndValuesComeTwiceAndTheirGradientsGoBack) {
  Job job = wholeJob();
  job.degrees.cp = 2;
  place(job);
  // In a ring, gradients go round as keys and values do.
  PartWork table = trafficOf(job).front();
  EXPECT_EQ(at(table, Axis::Context, Collective::AllGather).count, 8 * 4 * 3);
  job.workload.contextExchange = ContextExchange::AllGather;
  table = trafficOf(job).front();
  EXPECT_EQ(at(table, Axis::Context, Collective::AllGather).count, 8 * 4 * 2);
  EXPECT_EQ(at(table, Axis::Context, Collective::ReduceScatter).count, 8 * 4);
}

//===----------------------------------------------------------------------===//
// Pipelines
//===----------------------------------------------------------------------===//

// Activations go to the next stage, gradients to the one before. The first
// chunk of all sends no gradients, the last one no activations.
TEST(CollectiveRunsTest, EveryStageSendsWhatItsNeighboursReceive) {
  for (auto [vpp, first, inner, last] :
       {std::tuple(1, 1, 2, 1), std::tuple(3, 5, 6, 5)}) {
    Job job = wholeJob();
    cut(job, 4, vpp);
    std::vector<PartWork> tables = trafficOf(job);
    int64_t all = 0;
    for (auto [stage, each] :
         {std::pair(0, first), {1, inner}, {2, inner}, {3, last}}) {
      const Traffic &sends =
          at(tables[stage], Axis::Pipeline, Collective::SendRecv);
      EXPECT_EQ(sends.count, 8 * each) << "stage " << stage;
      EXPECT_EQ(sends.sent, Count(8LL * each * 2'048'000));
      all += sends.count;
    }
    // Between 4 vpp chunks, in both directions.
    EXPECT_EQ(all, 8 * 2 * (4 * vpp - 1));
  }
}

// DualPipe: a rank of the first stage is one of the last, too. Of 8
// micro-batches, half pass the one and half the other.
TEST(CollectiveRunsTest, MirroredStagesShareTheirRanks) {
  Job job = wholeJob();
  job.degrees.tp = 2;
  cut(job, 4, 1);
  std::vector<PartWork> alone = trafficOf(job);
  job.degrees.schedule = PipelineSchedule::DualPipe;
  std::vector<PartWork> both = trafficOf(job);
  for (auto kind : {Collective::AllGather, Collective::ReduceScatter})
    for (auto [stage, mirror] : {std::pair(0, 3), {1, 2}}) {
      EXPECT_EQ(at(both[stage], Axis::Tensor, kind).count,
                (at(alone[stage], Axis::Tensor, kind).count +
                 at(alone[mirror], Axis::Tensor, kind).count) /
                    2);
      EXPECT_EQ(at(both[stage], Axis::Tensor, kind).sent,
                at(both[mirror], Axis::Tensor, kind).sent);
    }
  Estimate result = estimateOf(job, Calibration());
  EXPECT_NEAR(exposedOf(result, {Axis::Tensor}), result.step.tensorTraffic,
              1e-12);
}

// The output head makes the last stage the busiest, which sends gradients.
TEST(CollectiveRunsTest, ABusyLastStageShowsItsTransfers) {
  Job job = wholeJob();
  job.model.vocab = 100'000;
  cut(job, 2, 1);
  Estimate result = estimateOf(job, Calibration());
  ASSERT_EQ(result.traffic.size(), 1U);
  EXPECT_EQ(result.traffic[0].axis, Axis::Pipeline);
  EXPECT_EQ(result.traffic[0].count, 8);
  EXPECT_GT(result.traffic[0].time, 0);
  EXPECT_DOUBLE_EQ(result.traffic[0].exposed, result.step.otherTraffic);
}

//===----------------------------------------------------------------------===//
// Fully sharded training
//===----------------------------------------------------------------------===//

// With every micro-batch a rank gets the bf16 weights of the others twice, for
// the forward and for the backward pass, and sends away its share of the
// gradients of all.
TEST(CollectiveRunsTest, FullyShardedTrainingGathersInEveryMicroBatch) {
  Job job = wholeJob();
  job.workload.sharding = StateSharding::FullyShared;
  job.workload.globalBatch = 32; // 8 for each of 4 ranks
  job.degrees.dp = job.degrees.edp = 4;
  place(job);
  std::vector<StageWork> stages;
  measureStages(job, Calibration(), stages);
  int64_t share = *(stages[0].denseWeights / 4);
  PartWork table = trafficOf(job).front();
  const Traffic &gathers = at(table, Axis::Data, Collective::AllGather);
  const Traffic &scatters = at(table, Axis::Data, Collective::ReduceScatter);
  EXPECT_EQ(gathers.count, 8 * 2);
  EXPECT_EQ(gathers.sent, Count(8LL * 2 * 3 * share * 2));
  EXPECT_EQ(scatters.count, 8);
  EXPECT_EQ(scatters.sent, Count(8LL * 3 * share * 4));
  EXPECT_EQ(at(table, Axis::Data, Collective::AllReduce).count, 0);
  // Mirrored, half of the micro-batches come from either end of the pipeline.
  EXPECT_EQ(gradientRuns(job), Count(8));
  job.degrees.schedule = PipelineSchedule::DualPipe;
  EXPECT_EQ(gradientRuns(job), Count(4));
  job.degrees.schedule = PipelineSchedule::OneFOneB;
  // Gradients that are summed in bf16 send half as much.
  job.workload.gradients = NumberFormat::BF16;
  EXPECT_EQ(
      at(trafficOf(job).front(), Axis::Data, Collective::ReduceScatter).sent,
      Count(8LL * 3 * share * 2));
}

// The time of a step comes from the same collectives: at 10 GB/s they take
// longer than the computation of all micro-batches that runs beside them.
TEST(CollectiveRunsTest, FullyShardedTrainingWaitsForItsCollectives) {
  Job job = wholeJob();
  job.workload.sharding = StateSharding::FullyShared;
  job.workload.globalBatch = 32;
  job.degrees.dp = job.degrees.edp = 4;
  place(job, /*domain=*/1);
  job.machine.network = 1e9;
  Estimate result = estimateOf(job, Calibration());
  double traffic = 0;
  for (const StepTraffic &each : result.traffic)
    traffic += each.time;
  EXPECT_NEAR(result.step.gradients, traffic - result.step.compute, 1e-9);
  EXPECT_NEAR(exposedOf(result, {Axis::Data}), result.step.gradients, 1e-9);
}

TEST(CollectiveRunsTest, ADistributedOptimizerGathersOnceAStep) {
  Job job = wholeJob();
  job.workload.sharding = StateSharding::Distributed;
  job.workload.globalBatch = 32;
  job.degrees.dp = job.degrees.edp = 4;
  place(job);
  PartWork table = trafficOf(job).front();
  EXPECT_EQ(at(table, Axis::Data, Collective::AllGather).count, 1);
  EXPECT_EQ(at(table, Axis::Data, Collective::ReduceScatter).count, 1);
}

//===----------------------------------------------------------------------===//
// What shows
//===----------------------------------------------------------------------===//

// What the table calls exposed is what the parts of the step charge.
TEST(CollectiveRunsTest, ExposedTimesAddUpToTheStep) {
  for (auto exchange : {ContextExchange::Ring, ContextExchange::AllGather,
                        ContextExchange::AllToAll})
    for (StateSharding sharding :
         {StateSharding::None, StateSharding::Distributed,
          StateSharding::FullyShared})
      for (Phase phase : {Phase::Train, Phase::Prefill}) {
        Job job = sparseJob();
        job.workload.phase = phase;
        job.workload.batch = 4;
        job.workload.globalBatch = 64;
        job.workload.contextExchange = exchange;
        job.workload.sharding = sharding;
        job.workload.expertOverlap = true;
        job.degrees.tp = job.degrees.etp = job.degrees.cp = 2;
        job.degrees.dp = job.degrees.ep = 4;
        job.degrees.edp = 2;
        cut(job, 2, 2);
        Estimate result = estimateOf(job, calibrated());
        const StepTime &step = result.step;
        EXPECT_NEAR(exposedOf(result, {Axis::Expert}), step.expertTraffic,
                    1e-9);
        EXPECT_NEAR(exposedOf(result, {Axis::Tensor, Axis::ExpertTensor}),
                    step.tensorTraffic, 1e-9);
        EXPECT_NEAR(exposedOf(result, {Axis::Context, Axis::Pipeline}),
                    step.otherTraffic, 1e-9);
        for (const StepTraffic &traffic : result.traffic)
          EXPECT_LE(traffic.exposed, traffic.time + 1e-9);
      }
}

} // namespace
