//===- Compose.h - From the work of stages to a step ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_COMPOSE_H
#define MOE_LIB_COST_COMPOSE_H

#include "moe/Cost/Estimate.h"

namespace mlir::moe::cost {

/// Fills in the times of stages and of the step, traffic and rates. All counts
/// of `stages` are known.
void timeStep(const Job &job, const Calibration &calibration,
              llvm::ArrayRef<StageWork> stages, Estimate &result);

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_COMPOSE_H
