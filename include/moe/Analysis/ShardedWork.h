//===- ShardedWork.h - The cost of what was lowered -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Adds up the operations of the sharded level: blocks through WorkOpInterface,
// collectives through CollectiveOpInterface. The closed form of moe/Cost
// predicts the same sums without lowering; test/Unit/CostRoutesTest.cpp holds
// the two against each other.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_SHARDEDWORK_H
#define MOE_ANALYSIS_SHARDEDWORK_H

#include "moe/Cost/StageWork.h"
#include "moe/IR/MoE.h"

namespace mlir::moe {

/// Work of each stage of `job`, from the functions `@stage<i>` and
/// `@stage<i>_gradients` that --moe-partition wrote. Fails with a located error
/// where a stage has no function, or one communicates along dimensions that no
/// axis of the views has.
FailureOr<std::vector<cost::StageWork>>
measureShardedStages(ModuleOp module, const cost::Job &job,
                     const cost::Calibration &calibration);

} // namespace mlir::moe

#endif // MOE_ANALYSIS_SHARDEDWORK_H
