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

/// What measurements, not data sheets, say: efficiencies as a share of the
/// peak, fixed times in seconds.
struct Calibration {
  double gemmEfficiency = 0.7;       ///< of dense matrix multiplications
  double quantisedEfficiency = 0.5;  ///< the same in 8 bits or less
  double coreEfficiency = 0.55;      ///< of attention scores, of the bf16 peak
  double halfRows = 400;             ///< rows at which experts reach half
  double halfWidth = 256;            ///< width at which experts reach half
  double memoryEfficiency = 0.8;     ///< of the bandwidth of the memory
  double blockSeconds = 15e-6;       ///< launches and host work of a block
  double nvlinkEfficiency = 0.7;     ///< of the bandwidth inside a domain
  double networkEfficiency = 0.7;    ///< of the bandwidth between domains
  double transferSeconds = 10e-6;    ///< start of a collective
  double exposedExpertTraffic = 1.0; ///< share nobody hides
  double overlappedExpertTraffic = 0.35; ///< the same with ep_overlap
  double exposedGradients = 0.1;         ///< share of gradient traffic
  double relativeError = 0.25;           ///< half width of the error bar
  double communicatorBytes = 0.2e9;      ///< buffers of NCCL, each
  double contextBytes = 0.6e9;           ///< CUDA context, kernels, libraries
};

} // namespace mlir::moe::cost

#endif // MOE_COST_CALIBRATION_H
