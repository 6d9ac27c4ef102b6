//===- OptimizerStates.h - What an optimizer keeps and updates --*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory and time of the optimizer follow from the same parameters.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_OPTIMIZERSTATES_H
#define MOE_LIB_COST_OPTIMIZERSTATES_H

#include "moe/Cost/StageWork.h"

namespace mlir::moe::cost {

/// Parameters of a stage that one rank updates: all that it holds, or its share
/// where ranks with the same parameters share their states.
struct UpdatedParameters {
  Count all;
  /// Of them, those of the embedding and the output head.
  Count ends;
};
UpdatedParameters updatedParameters(const Job &job, const StageWork &work,
                                    int64_t stage);

/// Bytes of the moments of these parameters: Muon keeps one of those of layers
/// and, as it leaves the embedding and the output head to Adam, two of theirs.
Count momentBytes(const Workload &workload, const UpdatedParameters &updated);

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_OPTIMIZERSTATES_H
