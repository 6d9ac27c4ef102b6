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
#include "moe/Cost/CollectiveRuns.h"
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

/// What of the time of a collective shows: all of it unless computation runs
/// beside it.
static double exposedShare(const Job &job, const Calibration &calibration,
                           PartKind part, Axis axis, Collective kind) {
  if (isHeadsExchange(job, axis, kind))
    return 1;
  if (kind == Collective::AllToAll && job.workload.expertOverlap)
    return job.isTraining() ? calibration.overlappedExchange
                            : calibration.servedExchange;
  // Each of tp parts of a gather or scatter runs beside the product of another;
  // the embedding and the output head are no such products.
  if (axis == Axis::Tensor && job.workload.tensorOverlap &&
      job.sequenceParallel() && part == PartKind::Layers)
    return 1 / static_cast<double>(job.degrees.tp);
  // Interleaved schedules send a chunk while they compute the next one.
  if (kind == Collective::SendRecv)
    return job.degrees.vpp > 1 ? 0.3 : 1;
  return 1;
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

  void add(const PartWork &part, PartKind kind);
  /// Adds the gradients that a chunk sends to the stage before.
  void addGradients();
  StageSeconds seconds() const;

private:
  enum Direction : uint8_t { Forward, Backward };
  ExposedTraffic &sumOf(Axis axis, Collective kind);
  /// Adds what shows of a collective.
  void show(Axis axis, Collective kind, Direction direction, double seconds);
  void addTraffic(PartKind part, Axis axis, Collective kind, double seconds);
  void addRing(const PartWork &part, PartKind kind, double ring);

  const Job &job;
  const Calibration &calibration;
  StageSeconds sum;
  double forwardCompute = 0, backwardCompute = 0, host = 0;
  /// Exchanges of tokens in a forward pass, hidden or not.
  double exchange = 0;
};
} // namespace

ExposedTraffic &StageSum::sumOf(Axis axis, Collective kind) {
  if (kind == Collective::SendRecv || isContext(job, axis))
    return sum.other;
  return kind == Collective::AllToAll ? sum.experts : sum.tensor;
}

void StageSum::show(Axis axis, Collective kind, Direction direction,
                    double seconds) {
  ExposedTraffic &to = sumOf(axis, kind);
  (direction == Forward ? to.forward : to.backward) += seconds;
  sum.exposed[slotOf(axis, kind)] += seconds;
}

void StageSum::addRing(const PartWork &part, PartKind kind, double ring) {
  double core = coreSeconds(part.coreFlops, part.scores, job, calibration);
  show(Axis::Context, Collective::AllGather, Forward, exposedRing(ring, core));
  auto runs = backwardRuns(job, kind, Axis::Context, Collective::AllGather);
  int64_t all = 0;
  for (const BackwardRun &run : runs)
    all += run.times;
  double passes = static_cast<double>(all);
  double shown = exposedRing(passes * ring, 2.5 * core);
  for (const BackwardRun &run : runs)
    show(Axis::Context, run.kind, Backward,
         shown * static_cast<double>(run.times) / passes);
}

void StageSum::addTraffic(PartKind part, Axis axis, Collective kind,
                          double seconds) {
  if (axis == Axis::Expert && kind == Collective::AllToAll)
    exchange += seconds;
  double shown = seconds * exposedShare(job, calibration, part, axis, kind);
  show(axis, kind, Forward, shown);
  for (auto [back, times] : backwardRuns(job, part, axis, kind))
    show(axis, back, Backward, shown * static_cast<double>(times));
}

void StageSum::add(const PartWork &part, PartKind kind) {
  forwardCompute += toSeconds(part.forwardPs);
  backwardCompute += toSeconds(part.backwardPs);
  sum.weights += toSeconds(part.weightPs);
  host += toSeconds(part.hostPs);
  part.forEachTraffic(
      [&](Axis axis, Collective collective, const Traffic &traffic) {
        double seconds = toSeconds(traffic.picoseconds);
        if (traffic.count > 0 && isRing(job, axis, collective))
          addRing(part, kind, seconds);
        else if (traffic.count > 0)
          addTraffic(kind, axis, collective, seconds);
      });
}

void StageSum::addGradients() {
  Transfer gradients = chunkTransfer(job, calibration);
  show(gradients.axis, gradients.kind, Backward,
       toSeconds(gradients.picoseconds) *
           exposedShare(job, calibration, PartKind::Layers, gradients.axis,
                        gradients.kind));
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
  if (double least = exchange - forwardCompute;
      !job.isTraining() && sum.experts.forward < least)
    result.experts.forward =
        result.exposed[slotOf(Axis::Expert, Collective::AllToAll)] = least;
  double forward = forwardCompute + result.experts.forward +
                   sum.tensor.forward + sum.other.forward;
  double backward = backwardCompute + sum.experts.backward +
                    sum.tensor.backward + sum.other.backward;
  result.forward = slower(forward, host);
  result.backward = 0;
  if (job.isTraining()) {
    // More kernels than forward, without the work of preparing them; and the
    // forward pass again where layers are computed again.
    bool redoes = job.workload.recompute.contains(RecomputeModule::FullLayer);
    double repeats = redoes ? 2.2 : 1.3;
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
  for (unsigned slot = 0; slot < numTrafficSlots; ++slot)
    result.exposed[slot] = (a.exposed[slot] + b.exposed[slot]) / 2;
  result.host = (a.host + b.host) / 2;
  return result;
}

/// A pass of decode that drafts runs prediction layers and the output head
/// behind them once for every token, and the head once for all.
static void addEnds(StageSum &sum, const Job &job, const StageWork &work) {
  if (job.workload.draftTokens == 0) {
    sum.add(work.mtp, PartKind::Layers);
    return sum.add(work.output, PartKind::End);
  }
  int64_t runs = job.predictionRuns();
  PartWork ends;
  ends.add(work.mtp, runs);
  ends.add(work.output, work.mtp.forwardPs == Count(0) ? 1 : 1 + runs);
  sum.add(ends, PartKind::Layers);
}

StageSeconds mlir::moe::cost::secondsOf(const Job &job,
                                        const Calibration &calibration,
                                        const StageWork &work, size_t index) {
  StageSum sum(job, calibration);
  sum.add(work.embedding, PartKind::End);
  for (size_t chunk = 0; chunk < work.chunks.size(); ++chunk) {
    sum.add(work.chunks[chunk], PartKind::Layers);
    if (sendsGradients(job, index, chunk))
      sum.addGradients();
  }
  addEnds(sum, job, work);
  return sum.seconds();
}
