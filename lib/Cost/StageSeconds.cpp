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
                           Axis axis, Collective kind) {
  if (isHeadsExchange(job, axis, kind))
    return 1;
  if (kind == Collective::AllToAll && job.workload.expertOverlap)
    return job.isTraining() ? calibration.overlappedExchange
                            : calibration.servedExchange;
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

static double shareOf(double part, double whole) {
  return whole > 0 ? part / whole : 1;
}

namespace {
/// Adds up parts of a stage.
class StageSum {
public:
  StageSum(const Job &job, const Calibration &calibration)
      : job(job), calibration(calibration) {}

  void add(const PartWork &part);
  /// Adds the gradients that a chunk sends to the stage before, in so many
  /// transfers.
  void addGradients(int64_t transfers);
  StageSeconds seconds() const;

private:
  enum Direction : uint8_t { Forward, Backward };
  ExposedTraffic &sumOf(Axis axis, Collective kind);
  /// Adds what shows of a collective.
  void show(Axis axis, Collective kind, Direction direction, double seconds);
  void addRing(const PartWork &part);
  void addTensor(const PartWork &part);
  void addTraffic(const PartWork &part, Axis axis, Collective kind,
                  double forwardShare, double backwardShare);

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

/// Seconds of one collective of a part: of the forward pass, and of those of
/// the same kind that the backward pass repeats.
static double forwardSeconds(const PartWork &part, Axis axis, Collective kind) {
  return toSeconds(part.at(axis, kind).picoseconds);
}
static double repeatedSeconds(const PartWork &part, Axis axis,
                              Collective kind) {
  return toSeconds(part.repeatedAt(axis, kind).picoseconds);
}

/// What the backward pass runs for a collective, repeats included.
static double backwardSeconds(const Job &job, const PartWork &part, Axis axis,
                              Collective kind) {
  int64_t runs = 0;
  for (const BackwardRun &run : backwardRuns(job, axis, kind))
    runs += run.times;
  return forwardSeconds(part, axis, kind) * static_cast<double>(runs) +
         repeatedSeconds(part, axis, kind);
}

void StageSum::addTraffic(const PartWork &part, Axis axis, Collective kind,
                          double forwardShare, double backwardShare) {
  double seconds = forwardSeconds(part, axis, kind);
  show(axis, kind, Forward, seconds * forwardShare);
  for (auto [back, times] : backwardRuns(job, axis, kind))
    show(axis, back, Backward,
         seconds * static_cast<double>(times) * backwardShare);
  show(axis, kind, Backward, repeatedSeconds(part, axis, kind) * backwardShare);
}

void StageSum::addRing(const PartWork &part) {
  double core = coreSeconds(part.coreFlops, part.scores, job, calibration);
  double forward = forwardSeconds(part, Axis::Context, Collective::AllGather);
  double backward =
      backwardSeconds(job, part, Axis::Context, Collective::AllGather);
  addTraffic(part, Axis::Context, Collective::AllGather,
             shareOf(exposedRing(forward, core), forward),
             shareOf(exposedRing(backward, 2.5 * core), backward));
}

/// With `tp_overlap` each of tp parts of a gather or scatter runs beside the
/// product of another part: one of them shows, and what products of forward
/// passes, or the two of each of backward passes, are too short for. The
/// embedding and the output head are no such products.
void StageSum::addTensor(const PartWork &part) {
  bool overlaps = job.workload.tensorOverlap && job.sequenceParallel();
  double products = toSeconds(part.tensorProductPs);
  double forward = 0, backward = 0;
  auto forEach = [&](auto visit) {
    part.forEachTraffic([&](Axis axis, Collective kind, const Traffic &) {
      if (axis == Axis::Tensor)
        visit(kind);
    });
  };
  if (overlaps)
    forEach([&](Collective kind) {
      forward += forwardSeconds(part, Axis::Tensor, kind);
      backward += backwardSeconds(job, part, Axis::Tensor, kind);
    });
  auto share = [&](double seconds, double beside) {
    double ranks = static_cast<double>(job.degrees.tp);
    double shown = std::max(seconds / ranks, seconds - beside);
    return overlaps ? shareOf(shown, seconds) : 1;
  };
  double forwardShare = share(forward, products);
  double backwardShare = share(backward, 2 * products);
  forEach([&](Collective kind) {
    addTraffic(part, Axis::Tensor, kind, forwardShare, backwardShare);
  });
}

void StageSum::add(const PartWork &part) {
  forwardCompute += toSeconds(part.forwardPs);
  backwardCompute += toSeconds(part.backwardPs);
  sum.weights += toSeconds(part.weightPs);
  host += toSeconds(part.hostPs);
  exchange += forwardSeconds(part, Axis::Expert, Collective::AllToAll);
  addTensor(part);
  part.forEachTraffic([&](Axis axis, Collective kind, const Traffic &) {
    if (axis == Axis::Tensor)
      return;
    if (isRing(job, axis, kind))
      return addRing(part);
    double share = exposedShare(job, calibration, axis, kind);
    addTraffic(part, axis, kind, share, share);
  });
}

void StageSum::addGradients(int64_t transfers) {
  if (transfers == 0)
    return;
  Transfer gradients = chunkTransfer(job, calibration);
  show(gradients.axis, gradients.kind, Backward,
       static_cast<double>(transfers) * toSeconds(gradients.picoseconds) *
           exposedShare(job, calibration, gradients.axis, gradients.kind));
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

StageSeconds mlir::moe::cost::secondsOf(const Job &job,
                                        const Calibration &calibration,
                                        const StageWork &work, size_t index) {
  StageSum sum(job, calibration);
  sum.add(work.embedding);
  for (size_t chunk = 0; chunk < work.chunks.size(); ++chunk) {
    sum.add(work.chunks[chunk]);
    sum.addGradients(gradientsSent(job, index, chunk));
  }
  sum.add(work.mtp);
  sum.add(work.output);
  return sum.seconds();
}
