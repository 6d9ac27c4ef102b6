//===- Estimate.cpp - Memory, FLOPs, communication, time -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/Estimate.h"

#include "Compose.h"
#include "StageMemory.h"

using namespace mlir::moe::cost;

Count Estimate::peakMemory() const {
  Count largest = 0;
  for (const StageEstimate &stage : stages)
    largest = max(largest, stage.memory.peak());
  return largest;
}

Count Estimate::deviceMemory() const {
  Count largest = 0;
  for (const StageEstimate &stage : stages)
    largest = max(largest, stage.memory.device());
  return largest;
}

/// What every rank holds where stages are mirrored.
static void mirrorMemory(const Job &job, Estimate &result) {
  for (size_t stage = 0; stage < result.stages.size(); ++stage) {
    auto mirror =
        static_cast<size_t>(job.mirrorOf(static_cast<int64_t>(stage)));
    if (mirror <= stage)
      continue;
    StageMemory &memory = result.stages[stage].memory;
    memory = holdBoth(memory, result.stages[mirror].memory);
    result.stages[mirror].memory = memory;
  }
}

bool Estimate::fits(const Machine &machine) const {
  Count needed = deviceMemory();
  return needed && static_cast<double>(*needed) <= machine.memoryBytes;
}

/// Whether everything that times are computed from is known.
static bool isKnown(const Job &job, llvm::ArrayRef<StageWork> stages,
                    const Estimate &result) {
  PartWork sum;
  for (const StageWork &stage : stages) {
    for (const PartWork *part :
         {&stage.embedding, &stage.mtp, &stage.output, &stage.gradients})
      sum.add(*part);
    for (const PartWork &chunk : stage.chunks)
      sum.add(chunk);
  }
  bool known = sum.forwardPs && sum.backwardPs && job.microBatches() &&
               result.forwardFlopsPerToken && result.deviceMemory();
  sum.forEachTraffic([&](Axis, Collective, const Traffic &traffic) {
    known &= traffic.sent && traffic.network && traffic.picoseconds;
  });
  return known;
}

void mlir::moe::cost::compose(const Job &job, const Calibration &calibration,
                              llvm::ArrayRef<StageWork> stages,
                              Estimate &result) {
  result.stages.assign(stages.size(), StageEstimate());
  result.traffic.clear();
  result.step = StepTime();
  countModel(job, result);
  for (size_t index = 0; index < stages.size(); ++index)
    result.stages[index].memory =
        memoryOf(job, calibration, stages[index], static_cast<int64_t>(index));
  mirrorMemory(job, result);
  if (isKnown(job, stages, result))
    timeStep(job, calibration, stages, result);
}

void mlir::moe::cost::estimate(const Job &job, const Calibration &calibration,
                               Workspace &workspace, Estimate &result) {
  measureStages(job, calibration, workspace.stages);
  compose(job, calibration, workspace.stages, result);
}
