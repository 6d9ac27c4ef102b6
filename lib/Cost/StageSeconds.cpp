//===- StageSeconds.cpp - Time of one micro-batch on one stage ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageSeconds.h"

#include "BlockTime.h"
#include "Picoseconds.h"
#include <cmath>

using namespace mlir::moe::cost;

//===----------------------------------------------------------------------===//
// Collectives
//===----------------------------------------------------------------------===//

static bool isContext(const Job &job, Axis axis) {
  return axis == Axis::Context && job.degrees.cp > 1;
}

/// Attention waits for an exchange of heads, before and behind it.
static bool isHeadsExchange(const Job &job, Axis axis, Collective kind) {
  return kind == Collective::AllToAll && isContext(job, axis) &&
         job.exchangesHeads();
}

/// Keys and values that ranks pass on.
static bool isRing(const Job &job, Axis axis, Collective kind) {
  return kind == Collective::AllGather && isContext(job, axis) &&
         job.workload.contextExchange == ContextExchange::Ring;
}

static bool redoes(const Job &job, RecomputeModule module) {
  return job.workload.recompute.contains(module);
}

double mlir::moe::cost::exposedShare(const Job &job,
                                     const Calibration &calibration, Axis axis,
                                     Collective kind) {
  if (isHeadsExchange(job, axis, kind))
    return 1;
  if (kind == Collective::AllToAll && job.workload.expertOverlap)
    return job.isTraining() ? calibration.overlappedExchange
                            : calibration.servedExchange;
  // Each of tp parts of a gather or scatter runs beside the product of another.
  if (axis == Axis::Tensor && job.workload.tensorOverlap)
    return 1 / static_cast<double>(job.degrees.tp);
  // Interleaved schedules send a chunk while they compute the next one.
  if (kind == Collective::SendRecv)
    return job.degrees.vpp > 1 ? 0.3 : 1;
  return 1;
}

double mlir::moe::cost::backwardPasses(const Job &job, Axis axis,
                                       Collective kind) {
  if (!job.isTraining())
    return 0;
  double redone = redoes(job, RecomputeModule::FullLayer) ? 1 : 0;
  if (kind == Collective::SendRecv)
    return 1;
  if (isHeadsExchange(job, axis, kind))
    return 1 + redone;
  if (kind == Collective::AllToAll)
    return 1 + (redoes(job, RecomputeModule::MoE) ? 1 : redone);
  // Keys and values come once more, and their gradients go back.
  if (isContext(job, axis))
    return 2 + redone;
  // A gather turns into a scatter and back, and inputs are gathered once more
  // for the gradients of weights.
  return 1.5 + redone;
}

/// Rings of context parallelism run beside attention. A part of them shows in
/// any case: the first step has nothing to run beside.
static double exposedRing(double ring, double core) {
  return std::max(0.15 * ring, ring - core);
}

namespace {
/// Adds up parts of a stage.
class StageSum {
public:
  StageSum(const Job &job, const Calibration &calibration)
      : job(job), calibration(calibration) {}

  void add(const PartWork &part);
  StageSeconds seconds() const;

private:
  ExposedTraffic &sumOf(Axis axis, Collective kind);
  void addTraffic(const PartWork &part, Axis axis, Collective kind);
  void addRing(const PartWork &part, double ring);

  const Job &job;
  const Calibration &calibration;
  StageSeconds sum;
  double forwardCompute = 0, backwardCompute = 0, host = 0;
  /// Exchanges of tokens in a forward pass, hidden or not.
  double exchange = 0;
};
} // namespace

void StageSum::addRing(const PartWork &part, double ring) {
  double core = coreSeconds(part.coreFlops, part.scores, job, calibration);
  sum.other.forward += exposedRing(ring, core);
  double passes = backwardPasses(job, Axis::Context, Collective::AllGather);
  if (passes > 0)
    sum.other.backward += exposedRing(passes * ring, 2.5 * core);
}

ExposedTraffic &StageSum::sumOf(Axis axis, Collective kind) {
  if (kind == Collective::SendRecv || isHeadsExchange(job, axis, kind))
    return sum.other;
  if (kind == Collective::AllToAll)
    return sum.experts;
  return isContext(job, axis) ? sum.other : sum.tensor;
}

void StageSum::addTraffic(const PartWork &part, Axis axis, Collective kind) {
  double seconds = toSeconds(part.at(axis, kind).picoseconds);
  if (isRing(job, axis, kind))
    return addRing(part, seconds);
  ExposedTraffic &to = sumOf(axis, kind);
  if (&to == &sum.experts)
    exchange += seconds;
  double shown = seconds * exposedShare(job, calibration, axis, kind);
  to.forward += shown;
  to.backward += shown * backwardPasses(job, axis, kind);
}

void StageSum::add(const PartWork &part) {
  forwardCompute += toSeconds(part.forwardPs);
  backwardCompute += toSeconds(part.backwardPs);
  sum.weights += toSeconds(part.weightPs);
  host += toSeconds(part.hostPs);
  part.forEachTraffic([&](Axis axis, Collective kind, const Traffic &traffic) {
    if (traffic.count > 0)
      addTraffic(part, axis, kind);
  });
}

/// (device^5 + host^5)^(1/5): the slower one decides; where they are close,
/// each waits for the other now and then.
static double slower(double device, double host) {
  if (host == 0)
    return device;
  double larger = std::max(device, host);
  double ratio = std::min(device, host) / larger, square = ratio * ratio;
  return larger * std::pow(1 + square * square * ratio, 0.2);
}

StageSeconds StageSum::seconds() const {
  StageSeconds result = sum;
  result.compute = forwardCompute + backwardCompute;
  // Halves of a served batch hide no more than there is to compute.
  if (!job.isTraining())
    result.experts.forward =
        std::max(sum.experts.forward, exchange - forwardCompute);
  double forward = forwardCompute + result.experts.forward +
                   sum.tensor.forward + sum.other.forward;
  double backward = backwardCompute + sum.experts.backward +
                    sum.tensor.backward + sum.other.backward;
  result.forward = slower(forward, host);
  result.backward = 0;
  if (job.isTraining()) {
    // More kernels than forward, without the work of preparing them; and the
    // forward pass again where layers are computed again.
    double repeats = redoes(job, RecomputeModule::FullLayer) ? 2.2 : 1.3;
    result.backward = slower(backward, repeats * host);
  }
  result.host = std::max(0.0, result.total() - forward - backward);
  return result;
}

StageSeconds mlir::moe::cost::meanOf(const StageSeconds &a,
                                     const StageSeconds &b) {
  auto mean = [](const ExposedTraffic &x, const ExposedTraffic &y) {
    return ExposedTraffic{(x.forward + y.forward) / 2,
                          (x.backward + y.backward) / 2};
  };
  StageSeconds result;
  result.forward = (a.forward + b.forward) / 2;
  result.backward = (a.backward + b.backward) / 2;
  result.compute = (a.compute + b.compute) / 2;
  result.weights = (a.weights + b.weights) / 2;
  result.experts = mean(a.experts, b.experts);
  result.tensor = mean(a.tensor, b.tensor);
  result.other = mean(a.other, b.other);
  result.host = (a.host + b.host) / 2;
  return result;
}

/// A pass of decode that drafts runs prediction layers and the output head
/// behind them once for every token, and the head once for all.
static void addEnds(StageSum &sum, const Job &job, const StageWork &work) {
  if (job.workload.draftTokens == 0) {
    sum.add(work.mtp);
    return sum.add(work.output);
  }
  int64_t runs = job.predictionRuns();
  PartWork ends;
  ends.add(work.mtp, runs);
  ends.add(work.output, work.mtp.forwardPs == Count(0) ? 1 : 1 + runs);
  sum.add(ends);
}

StageSeconds mlir::moe::cost::secondsOf(const Job &job,
                                        const Calibration &calibration,
                                        const StageWork &work) {
  StageSum sum(job, calibration);
  sum.add(work.embedding);
  for (const PartWork &chunk : work.chunks)
    sum.add(chunk);
  addEnds(sum, job, work);
  return sum.seconds();
}
