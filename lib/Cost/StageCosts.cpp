//===- StageCosts.cpp - Costs of stages that are being split --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/StageSplit.h"
#include <cmath>

using namespace mlir::moe::cost;

StageCosts::StageCosts(const Job &job, const Calibration &calibration)
    : job(job), calibration(calibration) {}

StageCost StageCosts::operator()(int64_t index, const StageShape &shape) {
  std::vector<int64_t> key = {index, shape.embedding, shape.output,
                              shape.mtpLayers};
  for (const auto &chunk : shape.chunks)
    for (const LayerShape &run : job.model.runs)
      key.push_back(std::max<int64_t>(std::min(chunk.second, run.end) -
                                          std::max(chunk.first, run.begin),
                                      0));
  auto [known, isNew] = costs.try_emplace(std::move(key));
  if (!isNew)
    return known->second;
  StageCost found = measure(index, shape);
  found.longestChunk = longestOf(index, shape, found);
  known->second = found;
  return found;
}

double StageCosts::longestOf(int64_t index, const StageShape &shape,
                             const StageCost &whole) {
  size_t chunks = shape.chunks.size();
  if (chunks == 1)
    return whole.seconds;
  double longest = 0;
  for (size_t slot = 0; slot < chunks; ++slot) {
    StageShape alone;
    alone.chunks.assign(chunks, {0, 0});
    alone.chunks[slot] = shape.chunks[slot];
    alone.embedding = shape.embedding && slot == 0;
    alone.output = shape.output && slot + 1 == chunks;
    alone.mtpLayers = slot + 1 == chunks ? shape.mtpLayers : 0;
    longest = std::max(longest, measure(index, alone).seconds);
  }
  return longest;
}

StageCost StageCosts::measure(int64_t index, const StageShape &shape) {
  // The others have no layers: stages do not share costs.
  StageShape empty;
  empty.chunks.assign(shape.chunks.size(), {0, 0});
  job.stages.assign(job.degrees.pp, empty);
  job.degrees.vpp = static_cast<int64_t>(shape.chunks.size());
  job.stages[index] = shape;
  estimate(job, calibration, workspace, result);
  const StageEstimate &stage = result.stages[index];
  Count bytes = stage.memory.device();
  StageCost cost;
  cost.seconds = stage.time.forward + stage.time.backward;
  cost.bytes = bytes ? static_cast<double>(*bytes) : HUGE_VAL;
  return cost;
}
