//===- OptimizerStates.cpp - What an optimizer keeps and updates ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OptimizerStates.h"

using namespace mlir::moe::cost;

UpdatedParameters mlir::moe::cost::updatedParameters(const Job &job,
                                                     const StageWork &work,
                                                     int64_t stage) {
  auto share = [&](Count parameters, Axis axis) {
    return job.workload.sharding == StateSharding::None
               ? parameters
               : parameters / job.degrees.group(axis).size;
  };
  return {share(work.denseWeights, Axis::Data) +
              share(work.expertWeights, Axis::ExpertData),
          share(endParameters(job, stage), Axis::Data)};
}

Count mlir::moe::cost::momentBytes(const Workload &workload,
                                   const UpdatedParameters &updated) {
  Count moments = updated.all * workload.layerMoments +
                  updated.ends * (workload.endMoments - workload.layerMoments);
  return moments * bitsOf(workload.moments) / 8;
}
