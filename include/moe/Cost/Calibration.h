//===- Calibration.h - Constants of the cost model --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_CALIBRATION_H
#define MOE_COST_CALIBRATION_H

#include "moe/Cost/Job.h"

namespace mlir::moe::cost {

/// What measurements, not data sheets, say, for one GPU and one generation of
/// software. A default one is of an ideal machine, which reaches its peaks and
/// loses no time. Shares are of the peak, times in seconds.
/// moe/Calibration/CalibrationFile.h reads them with their provenance.
struct Calibration {
  double gemmShare = 1;          ///< of the dense bf16 peak, after power limits
  double fp8Ratio = 1;           ///< share of the fp8 peak over that of bf16
  double fp4Ratio = 1;           ///< share of the fp4 peak over that of bf16
  double halfRows = 0;           ///< rows at which a multiplication takes twice
  double halfWidth = 0;          ///< narrow dimension of the same
  double coreShare = 1;          ///< of the bf16 peak, by attention's products
  double exponentialRate = 1e15; ///< exponentials per second
  /// Work beside attention's products, in exponentials per score.
  double forwardExponentials = 0, backwardExponentials = 0;
  double memoryShare = 1;     ///< of the bandwidth of the memory
  double cacheShare = 1;      ///< of the same, by attention of decode
  double blockGap = 0;        ///< idle time of the device in a block
  double launchSeconds = 0;   ///< of the host, for one kernel
  double graphShare = 0;      ///< of launches that remain with graphs of parts
  double nvlinkShare = 1;     ///< of the bandwidth inside a domain
  double networkShare = 1;    ///< of the bandwidth between domains
  double transferSeconds = 0; ///< start of a collective
  double overlappedExchange = 1; ///< exposed share with ep_overlap
  double servedExchange = 1;     ///< the same of serving
  double exposedGradients = 0;   ///< least share of the reduction that shows
  double hidingShare = 1; ///< of a micro-batch that can hide the reduction
  double stepSeconds = 0; ///< once a step
  double servedBlockSeconds = 0; ///< of decode: short kernels of a block
  /// Measured over estimated time of runs that took no part in the fit: 10th
  /// and 90th percentile; of training and of serving.
  double errorLow = 1, errorHigh = 1;
  double servedErrorLow = 1, servedErrorHigh = 1;
  double communicatorBytes = 0.2e9; ///< buffers of NCCL, each
  double contextBytes = 0.6e9;      ///< CUDA context, kernels, libraries
};

} // namespace mlir::moe::cost

#endif // MOE_COST_CALIBRATION_H
