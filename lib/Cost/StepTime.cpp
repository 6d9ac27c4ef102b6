//===- StepTime.cpp - Time of a step --------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compose.h"

#include "OptimizerStates.h"
#include "Picoseconds.h"
#include "StageSeconds.h"
#include "moe/Cost/CollectiveRuns.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir::moe::cost;

//===----------------------------------------------------------------------===//
// Once a step
//===----------------------------------------------------------------------===//

static double number(Count count) { return static_cast<double>(*count); }

/// Of all collectives of gradients and parameters in a step, hidden or not.
static double gradientSeconds(const Job &job, const PartWork &gradients) {
  double seconds = 0;
  gradients.forEachTraffic([&](Axis, Collective, const Traffic &traffic) {
    seconds += toSeconds(traffic.picoseconds);
  });
  return seconds * number(gradientRuns(job));
}

/// Seconds of `reduction` that no computation hides. The last micro-batch's
/// backward and the next step's first forward pass run beside it; fully sharded
/// training exchanges in all micro-batches, beside all of them.
static double exposedReduction(const Job &job, const Calibration &calibration,
                               double reduction, double microBatch) {
  bool each = job.workload.sharding == StateSharding::FullyShared;
  double window = microBatch * (each ? number(job.microBatches()) : 1);
  return std::max(calibration.exposedGradients * reduction,
                  reduction - calibration.hidingShare * window);
}

/// Parameters whose states host memory keeps send their gradients there and
/// come back updated, one after the other. What the host computes meanwhile is
/// not in it.
static double offloadSeconds(const Job &job, double parameters) {
  double bytes =
      parameters * (static_cast<double>(bitsOf(job.workload.gradients)) / 8 +
                    static_cast<double>(job.activationBytes()));
  return job.machine.hostLink > 0 ? bytes / job.machine.hostLink : 0;
}

/// Reads and writes the moments of the parameters this rank updates and their
/// master weights, or fp32 weights that are their own, and reads their
/// gradients. What else an optimizer computes (the products of Muon) is not in
/// it.
static double optimizerSeconds(const Job &job, const Calibration &calibration,
                               const StageWork &work, size_t stage) {
  const Workload &workload = job.workload;
  UpdatedParameters updated =
      updatedParameters(job, work, static_cast<int64_t>(stage));
  double parameters = number(updated.all);
  int64_t masterBits = workload.masterBits() > 0 ? workload.masterBits() : 32;
  double bytes =
      parameters *
          static_cast<double>(2 * masterBits + bitsOf(workload.gradients)) / 8 +
      2 * number(momentBytes(workload, updated));
  double offloaded = static_cast<double>(workload.offloadPermille) / 1000;
  return (1 - offloaded) * bytes /
             (job.machine.memoryBandwidth * calibration.memoryShare) +
         offloadSeconds(job, offloaded * parameters);
}

//===----------------------------------------------------------------------===//
// Traffic and rates
//===----------------------------------------------------------------------===//

/// What a rank of the busiest stage sends. What shows adds up to the traffic of
/// the step: `seconds` are those of the stage.
static void collectTraffic(const Job &job, const Calibration &calibration,
                           const RankTraffic &rank, const StageSeconds &seconds,
                           Estimate &result) {
  double batches = number(job.microBatches()), runs = number(gradientRuns(job));
  double reduction = gradientSeconds(job, rank.gradients);
  double shown = exposedReduction(job, calibration, reduction, seconds.total());
  auto secondsOf = [](const PartWork &part, Axis axis, Collective kind) {
    return toSeconds(part.at(axis, kind).picoseconds);
  };
  trafficOfStep(job, rank).forEachTraffic(
      [&](Axis axis, Collective kind, const Traffic &step) {
        if (step.count == 0)
          return;
        double perBatch = secondsOf(rank.batch, axis, kind);
        double perStep = secondsOf(rank.gradients, axis, kind) * runs;
        StepTraffic &traffic = result.traffic.emplace_back();
        traffic.axis = axis;
        traffic.kind = kind;
        traffic.count = step.count;
        traffic.sent = step.sent;
        traffic.network = step.network;
        traffic.time =
            perBatch * batches / static_cast<double>(rank.ways) + perStep;
        traffic.exposed = seconds.exposed[slotOf(axis, kind)] * batches;
        if (reduction > 0)
          traffic.exposed += shown * perStep / reduction;
      });
}

/// Tokens a replica gets done in a pass. Context-parallel ranks split them;
/// those of decode split the keys, and each of them has every token.
static double replicaTokens(const Job &job) {
  if (job.workload.phase == Phase::Decode)
    return number(job.workload.batch) * job.tokensPerPass();
  return number(job.tokens() * job.degrees.cp);
}

static void setRates(const Job &job, Estimate &result) {
  double tokens = replicaTokens(job) *
                  static_cast<double>(*job.microBatches()) *
                  static_cast<double>(job.degrees.dp);
  double gpus = static_cast<double>(job.degrees.worldSize());
  double seconds = result.step.total();
  double passFactor = job.isTraining() ? 3 : 1;
  result.tokensPerSecondPerGpu = tokens / gpus / seconds;
  result.flopsPerSecondPerGpu =
      result.tokensPerSecondPerGpu * passFactor *
      static_cast<double>(*result.forwardFlopsPerToken);
  result.utilisation = job.machine.peakBf16 > 0
                           ? result.flopsPerSecondPerGpu / job.machine.peakBf16
                           : 0;
}

//===----------------------------------------------------------------------===//
// The schedule
//===----------------------------------------------------------------------===//

/// Micro-batches of the slowest stage, part by part.
static void addMicroBatches(const StageSeconds &slowest, double batches,
                            StepTime &step) {
  step.compute = slowest.compute * batches;
  step.expertTraffic = slowest.experts.total() * batches;
  step.tensorTraffic = slowest.tensor.total() * batches;
  step.otherTraffic = slowest.other.total() * batches;
  step.host = slowest.host * batches;
}

/// What happens once a step, on the stage where it takes longest.
static void addStepEnd(const Job &job, const Calibration &calibration,
                       llvm::ArrayRef<StageWork> stages, double microBatch,
                       StepTime &step) {
  for (size_t stage = 0; stage < stages.size(); ++stage) {
    auto mirror =
        static_cast<size_t>(job.mirrorOf(static_cast<int64_t>(stage)));
    double reduction = gradientSeconds(job, stages[stage].gradients);
    double update = optimizerSeconds(job, calibration, stages[stage], stage);
    if (mirror != stage) {
      reduction += gradientSeconds(job, stages[mirror].gradients);
      update += optimizerSeconds(job, calibration, stages[mirror], mirror);
    }
    step.gradients =
        std::max(step.gradients,
                 exposedReduction(job, calibration, reduction, microBatch));
    step.optimizer = std::max(step.optimizer, update);
  }
  step.fixed = calibration.stepSeconds;
}

/// What stages wait while the pipeline fills and drains, of the mean stage:
/// chunk by chunk where they have several (arXiv 2104.04473, section 2.2.2).
/// DeepSeek-V3, table 2: ZB1P (PP - 1)(F + B - 2W), DualPipe (PP / 2 - 1)
/// (F&B + B - 3W), with F&B as long as F + B.
static double bubbleSeconds(const Job &job, const StageSeconds &mean) {
  auto pp = static_cast<double>(job.stages.size());
  switch (job.degrees.schedule) {
  case PipelineSchedule::OneFOneB:
    return (pp - 1) * mean.total() / static_cast<double>(job.degrees.vpp);
  case PipelineSchedule::ZeroBubble:
    return (pp - 1) * std::max(0.0, mean.total() - 2 * mean.weights);
  case PipelineSchedule::DualPipe:
    return std::max(0.0, pp / 2 - 1) *
           std::max(0.0, mean.total() + mean.backward - 3 * mean.weights);
  }
  llvm_unreachable("unknown schedule");
}

namespace {
/// What all stages together make of one micro-batch.
struct PipelineSeconds {
  StageSeconds slowest, mean;
  size_t busiest = 0;
  double sum = 0;
};
} // namespace

/// Fills in the times of stages, too.
static PipelineSeconds secondsOfPipeline(const Job &job,
                                         const Calibration &calibration,
                                         llvm::ArrayRef<StageWork> stages,
                                         Estimate &result) {
  PipelineSeconds pipeline;
  for (size_t index = 0; index < stages.size(); ++index) {
    StageSeconds seconds = secondsOf(job, calibration, stages[index], index);
    result.stages[index].time = {seconds.forward, seconds.backward};
    auto mirror =
        static_cast<size_t>(job.mirrorOf(static_cast<int64_t>(index)));
    if (mirror != index)
      seconds =
          meanOf(seconds, secondsOf(job, calibration, stages[mirror], mirror));
    pipeline.mean.forward += seconds.forward;
    pipeline.mean.backward += seconds.backward;
    pipeline.mean.weights += seconds.weights;
    if (index == 0 || seconds.total() > pipeline.slowest.total()) {
      pipeline.slowest = seconds;
      pipeline.busiest = index;
    }
  }
  pipeline.sum = pipeline.mean.total();
  for (double *seconds : {&pipeline.mean.forward, &pipeline.mean.backward,
                          &pipeline.mean.weights})
    *seconds /= static_cast<double>(stages.size());
  return pipeline;
}

void mlir::moe::cost::timeStep(const Job &job, const Calibration &calibration,
                               llvm::ArrayRef<StageWork> stages,
                               Estimate &result) {
  PipelineSeconds pipeline =
      secondsOfPipeline(job, calibration, stages, result);
  StepTime &step = result.step;
  double microBatch = pipeline.slowest.total();
  addMicroBatches(pipeline.slowest, number(job.microBatches()), step);
  bool training = job.isTraining();
  // Serving passes through all stages.
  step.bubble =
      training ? bubbleSeconds(job, pipeline.mean) : pipeline.sum - microBatch;
  if (training)
    addStepEnd(job, calibration, stages, microBatch, step);
  collectTraffic(job, calibration,
                 trafficOfRank(job, calibration, stages, pipeline.busiest),
                 pipeline.slowest, result);
  setRates(job, result);
  result.errorLow =
      training ? calibration.errorLow : calibration.servedErrorLow;
  result.errorHigh =
      training ? calibration.errorHigh : calibration.servedErrorHigh;
}
