//===- StepTime.cpp - Time of a step -------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compose.h"

#include "Picoseconds.h"

using namespace mlir::moe::cost;

namespace {
/// Seconds of one micro-batch on one stage.
struct StageSeconds {
  double compute = 0, experts = 0, tensor = 0, other = 0;
  double total() const { return compute + experts + tensor + other; }
};
} // namespace

/// Times the traffic of a forward pass occurs in forward and backward: the
/// backward pass repeats every transfer in the other direction.
static constexpr double passes = 2;

static double secondsOf(const PartWork &part, Axis axis) {
  double seconds = 0;
  for (const Traffic &traffic : part.traffic[static_cast<unsigned>(axis)])
    seconds += toSeconds(traffic.picoseconds);
  return seconds;
}

template <typename FnT>
static void forEachPart(const StageWork &work, FnT fn) {
  fn(work.embedding);
  for (const PartWork &chunk : work.chunks)
    fn(chunk);
  fn(work.mtp);
  fn(work.output);
}

/// Share of the all-to-alls that no computation hides.
static double exposedShare(const Job &job, const Calibration &calibration) {
  return job.workload.expertOverlap ? calibration.overlappedExpertTraffic
                                    : calibration.exposedExpertTraffic;
}

static StageSeconds secondsOf(const Job &job, const Calibration &calibration,
                              const StageWork &work, StageTime &time) {
  StageSeconds sum;
  double backward = job.isTraining() ? 1 : 0;
  forEachPart(work, [&](const PartWork &part) {
    double forwardPass = toSeconds(part.forwardPs);
    double backwardPass = toSeconds(part.backwardPs);
    double experts =
        exposedShare(job, calibration) * secondsOf(part, Axis::Expert);
    double tensor =
        secondsOf(part, Axis::Tensor) + secondsOf(part, Axis::ExpertTensor);
    double other =
        secondsOf(part, Axis::Context) + secondsOf(part, Axis::Pipeline);
    time.forward += forwardPass + experts + tensor + other;
    time.backward += backwardPass + backward * (experts + tensor + other);
    sum.compute += forwardPass + backwardPass;
    sum.experts += (1 + backward) * experts;
    sum.tensor += (1 + backward) * tensor;
    sum.other += (1 + backward) * other;
  });
  return sum;
}

/// Reads and writes gradients, states and parameters of this rank once.
static double optimizerSeconds(const Job &job, const Calibration &calibration,
                               const StageMemory &memory) {
  double bytes = static_cast<double>(*memory.optimizer) * 2 +
                 static_cast<double>(*memory.gradients);
  return bytes / (job.machine.memoryBandwidth * calibration.memoryEfficiency);
}

/// Traffic of one step on one stage.
static void collectTraffic(const Job &job, const Calibration &calibration,
                           const StageWork &work, Estimate &result) {
  int64_t batches = *job.microBatches();
  double repeats = job.isTraining() ? passes : 1;
  PartWork sum;
  forEachPart(work, [&](const PartWork &part) { sum.add(part); });
  for (unsigned axis = 0; axis < numAxes; ++axis)
    for (unsigned kind = 0; kind < numCollectives; ++kind) {
      const Traffic &pass = sum.traffic[axis][kind];
      const Traffic &once = work.gradients.traffic[axis][kind];
      StepTraffic traffic;
      traffic.axis = static_cast<Axis>(axis);
      traffic.kind = static_cast<Collective>(kind);
      int64_t times = batches * static_cast<int64_t>(repeats);
      traffic.count = pass.count * times + once.count;
      if (traffic.count == 0)
        continue;
      traffic.sent = pass.sent * times + once.sent;
      traffic.network = pass.network * times + once.network;
      double perPass = toSeconds(pass.picoseconds) * static_cast<double>(times);
      double perStep = toSeconds(once.picoseconds);
      double exposed =
          traffic.axis == Axis::Expert ? exposedShare(job, calibration) : 1;
      traffic.time = perPass + perStep;
      traffic.exposed =
          perPass * exposed + perStep * calibration.exposedGradients;
      result.traffic.push_back(traffic);
    }
}

static void setRates(const Job &job, Estimate &result) {
  double tokens = static_cast<double>(*job.tokens()) *
                  static_cast<double>(job.degrees.cp) *
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

void mlir::moe::cost::timeStep(const Job &job, const Calibration &calibration,
                               llvm::ArrayRef<StageWork> stages,
                               Estimate &result) {
  StageSeconds slowest;
  double sum = 0;
  size_t busiest = 0;
  for (size_t index = 0; index < stages.size(); ++index) {
    StageSeconds seconds =
        secondsOf(job, calibration, stages[index], result.stages[index].time);
    sum += seconds.total();
    if (index == 0 || seconds.total() > slowest.total()) {
      slowest = seconds;
      busiest = index;
    }
  }
  double batches = static_cast<double>(*job.microBatches());
  double pp = static_cast<double>(stages.size());
  StepTime &step = result.step;
  step.compute = slowest.compute * batches;
  step.expertTraffic = slowest.experts * batches;
  step.tensorTraffic = slowest.tensor * batches;
  step.otherTraffic = slowest.other * batches;
  // A pipeline fills and drains; serving passes through all stages.
  step.bubble = job.isTraining() ? (pp - 1) * (sum / pp) /
                                       static_cast<double>(job.degrees.vpp)
                                 : sum - slowest.total();
  for (size_t index = 0; index < stages.size() && job.isTraining(); ++index) {
    const StageWork &work = stages[index];
    double reduce = (secondsOf(work.gradients, Axis::Data) +
                     secondsOf(work.gradients, Axis::ExpertData)) *
                    calibration.exposedGradients;
    step.gradients = std::max(step.gradients, reduce);
    step.optimizer =
        std::max(step.optimizer, optimizerSeconds(job, calibration,
                                                  result.stages[index].memory));
  }
  collectTraffic(job, calibration, stages[busiest], result);
  setRates(job, result);
  result.relativeError = calibration.relativeError;
}
