//===- StepTime.cpp - Time of a step --------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compose.h"

#include "Picoseconds.h"
#include "StageSeconds.h"

using namespace mlir::moe::cost;

//===----------------------------------------------------------------------===//
// Once a step
//===----------------------------------------------------------------------===//

static double number(Count count) { return static_cast<double>(*count); }

/// Of all collectives of a part.
static double trafficSeconds(const PartWork &part) {
  double seconds = 0;
  part.forEachTraffic([&](Axis, Collective, const Traffic &traffic) {
    seconds += toSeconds(traffic.picoseconds);
  });
  return seconds;
}

/// Every micro-batch of fully sharded training gathers the parameters for its
/// forward and for its backward pass in bf16, and scatters fp32 gradients.
static constexpr double shardedBytesPerParameter = 2 + 2 + 4;

static double shardedSeconds(const Job &job, const Calibration &calibration,
                             Axis axis, Count weights) {
  const Group &group = job.degrees.group(axis);
  double ranks = static_cast<double>(group.size);
  double bytes =
      number(weights) * shardedBytesPerParameter * (ranks - 1) / ranks;
  if (group.isLocal())
    return bytes / (job.machine.nvlink * calibration.nvlinkShare);
  return bytes / static_cast<double>(group.local) /
         (job.machine.network * calibration.networkShare);
}

/// Seconds of reduction that no computation hides. The last micro-batch's
/// backward and the next step's first forward pass run beside it; fully sharded
/// training exchanges in all of them.
static double exposedReduction(const Job &job, const Calibration &calibration,
                               const StageWork &work, double microBatch) {
  double window = microBatch, reduction = 0;
  if (job.workload.sharding == StateSharding::FullyShared) {
    double batches = number(job.microBatches());
    window *= batches;
    reduction = batches * (shardedSeconds(job, calibration, Axis::Data,
                                          work.denseWeights) +
                           shardedSeconds(job, calibration, Axis::ExpertData,
                                          work.expertWeights));
  } else {
    reduction = trafficSeconds(work.gradients);
  }
  return std::max(calibration.exposedGradients * reduction,
                  reduction - calibration.hidingShare * window);
}

/// Reads and writes the states of the parameters this rank updates, and reads
/// their gradients. What else an optimizer computes (the products of Muon) is
/// not in it.
static double optimizerSeconds(const Job &job, const Calibration &calibration,
                               const StageWork &work) {
  const Workload &workload = job.workload;
  bool shards = workload.sharding != StateSharding::None;
  double dense = number(work.denseWeights),
         experts = number(work.expertWeights);
  if (shards) {
    dense /= static_cast<double>(job.degrees.group(Axis::Data).size);
    experts /= static_cast<double>(job.degrees.group(Axis::ExpertData).size);
  }
  int64_t bits = 2 * (bitsOf(workload.master) +
                      workload.layerMoments * bitsOf(workload.moments)) +
                 bitsOf(workload.gradients);
  return (dense + experts) * static_cast<double>(bits) / 8 /
         (job.machine.memoryBandwidth * calibration.memoryShare);
}

//===----------------------------------------------------------------------===//
// Traffic and rates
//===----------------------------------------------------------------------===//

/// Collectives of one axis and kind in a step of the busiest stage.
static StepTraffic trafficOf(const Job &job, const Calibration &calibration,
                             Axis axis, Collective kind, const Traffic &pass,
                             const Traffic &once) {
  double repeats =
      number(job.microBatches()) * (1 + backwardPasses(job, axis, kind));
  auto times = [&](Count count) -> Count {
    double total = number(count) * repeats;
    if (!(total < 9e18))
      return std::nullopt;
    return static_cast<int64_t>(total);
  };
  StepTraffic traffic;
  traffic.axis = axis;
  traffic.kind = kind;
  traffic.count =
      static_cast<int64_t>(static_cast<double>(pass.count) * repeats) +
      once.count;
  traffic.sent = times(pass.sent) + once.sent;
  traffic.network = times(pass.network) + once.network;
  double perPass = toSeconds(pass.picoseconds) * repeats;
  double perStep = toSeconds(once.picoseconds);
  traffic.time = perPass + perStep;
  traffic.exposed = perPass * exposedShare(job, calibration, axis, kind) +
                    perStep * calibration.exposedGradients;
  return traffic;
}

static void collectTraffic(const Job &job, const Calibration &calibration,
                           const StageWork &work, Estimate &result) {
  PartWork sum = work.embedding;
  sum.add(work.mtp);
  sum.add(work.output);
  for (const PartWork &chunk : work.chunks)
    sum.add(chunk);
  // What either of them has, in the order of axes and kinds.
  PartWork all = sum;
  all.add(work.gradients);
  all.forEachTraffic([&](Axis axis, Collective kind, const Traffic &traffic) {
    if (traffic.count > 0)
      result.traffic.push_back(trafficOf(job, calibration, axis, kind,
                                         std::as_const(sum).at(axis, kind),
                                         work.gradients.at(axis, kind)));
  });
}

/// Context-parallel ranks split the tokens of a pass; those of decode split the
/// keys, and each of them has every token.
static Count replicaTokens(const Job &job) {
  bool splitsTokens = job.workload.phase != Phase::Decode;
  return splitsTokens ? job.tokens() * job.degrees.cp : job.tokens();
}

static void setRates(const Job &job, Estimate &result) {
  double tokens = static_cast<double>(*replicaTokens(job)) *
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
  for (const StageWork &work : stages) {
    step.gradients = std::max(
        step.gradients, exposedReduction(job, calibration, work, microBatch));
    step.optimizer =
        std::max(step.optimizer, optimizerSeconds(job, calibration, work));
  }
  step.fixed = calibration.stepSeconds;
}

void mlir::moe::cost::timeStep(const Job &job, const Calibration &calibration,
                               llvm::ArrayRef<StageWork> stages,
                               Estimate &result) {
  StageSeconds slowest;
  double sum = 0;
  size_t busiest = 0;
  for (size_t index = 0; index < stages.size(); ++index) {
    StageSeconds seconds = secondsOf(job, calibration, stages[index]);
    result.stages[index].time = {seconds.forward, seconds.backward};
    sum += seconds.total();
    if (index == 0 || seconds.total() > slowest.total()) {
      slowest = seconds;
      busiest = index;
    }
  }
  StepTime &step = result.step;
  addMicroBatches(slowest, number(job.microBatches()), step);
  // A pipeline fills and drains once, chunk by chunk (1F1B; interleaved: arXiv
  // 2104.04473, section 2.2.2); serving passes through all stages.
  double pp = static_cast<double>(stages.size());
  if (job.isTraining()) {
    step.bubble = (pp - 1) * (sum / pp) / static_cast<double>(job.degrees.vpp);
    addStepEnd(job, calibration, stages, slowest.total(), step);
  } else {
    step.bubble = sum - slowest.total();
  }
  collectTraffic(job, calibration, stages[busiest], result);
  setRates(job, result);
  bool training = job.isTraining();
  result.errorLow =
      training ? calibration.errorLow : calibration.servedErrorLow;
  result.errorHigh =
      training ? calibration.errorHigh : calibration.servedErrorHigh;
}
