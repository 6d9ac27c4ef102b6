//===- BlockTime.h - Time of one block --------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_BLOCKTIME_H
#define MOE_LIB_COST_BLOCKTIME_H

#include "moe/Cost/BlockWork.h"
#include "moe/Cost/Calibration.h"

namespace mlir::moe::cost {

/// Picoseconds of one micro-batch on one rank.
struct BlockTime {
  Count forward, backward; ///< of the device
  Count weights;           ///< of the backward pass, gradients of weights
  Count host;              ///< of the forward pass: launches kernels meanwhile
};

/// The time of a block from its work alone.
BlockTime timeOf(BlockKind kind, const BlockWork &work, const Job &job,
                 const Calibration &calibration);

/// Seconds of attention's products and exponentials of a forward pass.
double coreSeconds(Count coreFlops, Count scores, const Job &job,
                   const Calibration &calibration);

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_BLOCKTIME_H
