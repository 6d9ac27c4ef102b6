//===- BlockTime.cpp - Time of one block ---------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockTime.h"

#include "Picoseconds.h"

using namespace mlir::moe::cost;

/// FLOP per second of the matrix multiplications of a block.
static double gemmRate(BlockKind kind, const BlockWork &work, const Job &job,
                       const Calibration &calibration) {
  bool quantised = isQuantised(job.workload.precision) &&
                   job.machine.peakFp8 > 0 && kind != BlockKind::Output;
  double rate = quantised
                    ? job.machine.peakFp8 * calibration.quantisedEfficiency
                    : job.machine.peakBf16 * calibration.gemmEfficiency;
  if (kind != BlockKind::Experts)
    return rate;
  double rows = static_cast<double>(*work.rows);
  double width = static_cast<double>(*work.width);
  return rate * (rows / (rows + calibration.halfRows)) *
         (width / (width + calibration.halfWidth));
}

namespace {
/// Seconds of a pass by what bounds it.
struct Seconds {
  double gemm = 0, core = 0, memory = 0;
};
} // namespace

static double ratio(double amount, double rate) {
  return amount > 0 ? amount / rate : 0;
}

static Seconds secondsOf(Count gemmFlops, Count coreFlops, Count movedBytes,
                         double gemmRate, const Job &job,
                         const Calibration &calibration) {
  auto real = [](Count count) { return static_cast<double>(*count); };
  return {
      ratio(real(gemmFlops), gemmRate),
      ratio(real(coreFlops), job.machine.peakBf16 * calibration.coreEfficiency),
      ratio(real(movedBytes),
            job.machine.memoryBandwidth * calibration.memoryEfficiency)};
}

/// Reading the weights once bounds the multiplications of few rows.
static double weightSeconds(BlockKind kind, const BlockWork &work,
                            const Job &job, const Calibration &calibration) {
  if (kind == BlockKind::Embedding)
    return 0;
  double bytes = static_cast<double>(*work.weights) *
                 static_cast<double>(bitsOf(job.workload.precision)) / 8;
  return bytes / (job.machine.memoryBandwidth * calibration.memoryEfficiency);
}

BlockTime mlir::moe::cost::timeOf(BlockKind kind, const BlockWork &work,
                                  const Job &job,
                                  const Calibration &calibration) {
  if (!work.weights || !work.gemmFlops || !work.coreFlops || !work.movedBytes ||
      !work.redoneGemmFlops || !work.redoneCoreFlops ||
      !work.redoneMovedBytes || !work.rows || !work.width)
    return {std::nullopt, std::nullopt};
  double rate = gemmRate(kind, work, job, calibration);
  Seconds forward = secondsOf(work.gemmFlops, work.coreFlops, work.movedBytes,
                              rate, job, calibration);
  double fixed = calibration.blockSeconds * (job.workload.cudaGraph ? 0.5 : 1);
  double gemm =
      std::max(forward.gemm, weightSeconds(kind, work, job, calibration));
  BlockTime time;
  time.forward = toPicoseconds(gemm + forward.core + forward.memory + fixed);
  if (!job.isTraining())
    return time;
  // Gradients of inputs and of weights; attention computes its scores again.
  Seconds redone = secondsOf(work.redoneGemmFlops, work.redoneCoreFlops,
                             work.redoneMovedBytes, rate, job, calibration);
  time.backward =
      toPicoseconds(2 * gemm + 2.5 * forward.core + 1.6 * forward.memory +
                    1.5 * fixed + redone.gemm + redone.core + redone.memory);
  return time;
}
