//===- BlockTime.cpp - Time of one block ----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A roofline with the losses that measurements show: products of few rows or
// narrow matrices run below the rate of large ones, softmax runs beside the
// products of attention, and the host must launch every kernel.
//
//===----------------------------------------------------------------------===//

#include "BlockTime.h"

#include "Picoseconds.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace mlir::moe::cost;

static double real(Count count) { return static_cast<double>(*count); }

static double ratio(double amount, double rate) {
  return amount > 0 ? amount / rate : 0;
}

/// Dense peak of what is not quantised. FP32 products run as TF32, at half of
/// the BF16 rate (data sheets of A100, H100, H200, B200, GB200).
static double widePeak(const Job &job) {
  bool halved = job.workload.precision == NumberFormat::FP32;
  return job.machine.peakBf16 / (halved ? 2 : 1);
}

/// FLOP per second of large matrix multiplications. The output head computes in
/// bf16 in every recipe; a GPU without tensor cores of a format computes in the
/// next wider one.
static double productRate(BlockKind kind, const Job &job,
                          const Calibration &calibration) {
  const Machine &machine = job.machine;
  double wide = widePeak(job) * calibration.gemmShare;
  if (kind == BlockKind::Output || !isQuantised(job.workload.precision))
    return wide;
  if (job.workload.precision == NumberFormat::NVFP4 && machine.peakFp4 > 0)
    return machine.peakFp4 * calibration.gemmShare * calibration.fp4Ratio;
  if (machine.peakFp8 > 0)
    return machine.peakFp8 * calibration.gemmShare * calibration.fp8Ratio;
  return wide;
}

/// How much longer than large products of the same FLOPs those of a block take;
/// the parts of a served batch run one by one.
static double shapeFactor(const BlockWork &work, const Job &job,
                          const Calibration &calibration) {
  double rows =
      real(max(work.rows, 1)) / static_cast<double>(job.servedParts());
  return (1 + ratio(calibration.halfRows, rows)) *
         (1 + ratio(calibration.halfWidth, real(max(work.width, 1))));
}

static double memorySeconds(Count bytes, const Job &job,
                            const Calibration &calibration) {
  return ratio(real(bytes),
               job.machine.memoryBandwidth * calibration.memoryShare);
}

/// Share of the experts of a rank that some token of one part of the batch
/// chose, when tokens choose independently: 1 - (1 - k/E)^tokens, which is
/// close to 1 - exp(-rows of an expert).
static double touchedShare(BlockKind kind, const BlockWork &work,
                           const Job &job) {
  double weights = real(work.weights);
  if (kind != BlockKind::Experts || weights == 0)
    return 1;
  double rows = real(work.gemmFlops) / (2 * weights) /
                static_cast<double>(job.servedParts());
  return 1 - std::exp(-rows);
}

/// Reading the weights bounds the multiplications of few rows.
static double weightSeconds(BlockKind kind, const BlockWork &work,
                            const Job &job, const Calibration &calibration) {
  if (kind == BlockKind::Embedding)
    return 0;
  bool wide = kind == BlockKind::Output;
  int64_t bits =
      wide ? 8 * job.activationBytes() : bitsOf(job.workload.precision);
  double bytes = real(work.weights) * static_cast<double>(bits) / 8 *
                 touchedShare(kind, work, job);
  return static_cast<double>(job.servedParts()) * bytes /
         (job.machine.memoryBandwidth * calibration.memoryShare);
}

double mlir::moe::cost::coreSeconds(Count coreFlops, Count scores,
                                    const Job &job,
                                    const Calibration &calibration) {
  return ratio(real(coreFlops), widePeak(job) * calibration.coreShare) +
         calibration.forwardExponentials *
             ratio(real(scores), calibration.exponentialRate);
}

/// Five products instead of two, and more work beside them.
static double backwardCoreSeconds(const BlockWork &work, const Job &job,
                                  const Calibration &calibration) {
  return 2.5 * ratio(real(work.coreFlops),
                     widePeak(job) * calibration.coreShare) +
         calibration.backwardExponentials *
             ratio(real(work.scores), calibration.exponentialRate);
}

static double hostSeconds(const BlockWork &work, const Job &job,
                          const Calibration &calibration) {
  double seconds = real(work.launches) * calibration.launchSeconds;
  // Serving replays graphs.
  if (!job.isTraining() || job.workload.graphs == GraphScope::Step)
    return 0;
  bool parts = job.workload.graphs == GraphScope::Parts;
  return parts ? seconds * calibration.graphShare : seconds;
}

/// Idle time of the device between the kernels of a block.
static double gapSeconds(BlockKind kind, const Job &job,
                         const Calibration &calibration) {
  if (kind != BlockKind::Attention && kind != BlockKind::FeedForward &&
      kind != BlockKind::Experts)
    return 0;
  double gap = job.workload.phase == Phase::Decode
                   ? calibration.servedBlockSeconds
                   : calibration.blockGap;
  return gap * static_cast<double>(job.servedParts());
}

static bool isKnown(const BlockWork &work) {
  return llvm::all_of(blockFields(), [&](const BlockField &field) {
    return static_cast<bool>(work.*field.count);
  });
}

BlockTime mlir::moe::cost::timeOf(BlockKind kind, const BlockWork &work,
                                  const Job &job,
                                  const Calibration &calibration) {
  if (!isKnown(work))
    return {std::nullopt, std::nullopt, std::nullopt, std::nullopt};
  double rate = productRate(kind, job, calibration);
  double shape = shapeFactor(work, job, calibration);
  double products = std::max(ratio(real(work.gemmFlops), rate) * shape,
                             weightSeconds(kind, work, job, calibration));
  double core = coreSeconds(work.coreFlops, work.scores, job, calibration);
  core =
      std::max(core, ratio(real(work.cacheBytes), job.machine.memoryBandwidth *
                                                      calibration.cacheShare));
  double moved = memorySeconds(work.movedBytes, job, calibration);
  double gap = gapSeconds(kind, job, calibration);
  BlockTime time;
  time.forward = toPicoseconds(products + core + moved + gap);
  time.host = toPicoseconds(hostSeconds(work, job, calibration));
  if (!job.isTraining())
    return time;
  time.weights = toPicoseconds(products);
  // Gradients of inputs and of weights; what is computed again.
  double redone = ratio(real(work.redoneGemmFlops), rate) * shape +
                  memorySeconds(work.redoneMovedBytes, job, calibration);
  if (work.redoneCoreFlops != Count(0))
    redone += core;
  time.backward = toPicoseconds(
      2 * products + backwardCoreSeconds(work, job, calibration) +
      memorySeconds(work.backwardBytes, job, calibration) + 1.5 * gap + redone);
  return time;
}
