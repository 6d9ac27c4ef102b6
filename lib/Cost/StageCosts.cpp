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

StageCosts::StageCosts(const Job &job, const Calibration &calibration,
                       int64_t mtpLayers)
    : job(job), calibration(calibration), mtpLayers(mtpLayers) {}

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
  StageCost found = measure(index, shape, shape);
  found.longestChunk = longestOf(index, shape, found);
  known->second = found;
  return found;
}

double StageCosts::longestOf(int64_t index, const StageShape &whole,
                             const StageCost &cost) {
  size_t chunks = whole.chunks.size();
  if (chunks == 1)
    return cost.seconds;
  double longest = 0;
  for (size_t slot = 0; slot < chunks; ++slot) {
    StageShape alone;
    alone.chunks.assign(chunks, {0, 0});
    alone.chunks[slot] = whole.chunks[slot];
    alone.embedding = whole.embedding && slot == 0;
    alone.output = whole.output && slot + 1 == chunks;
    alone.mtpLayers = slot + 1 == chunks ? whole.mtpLayers : 0;
    longest = std::max(longest, measure(index, alone, whole).seconds);
  }
  return longest;
}

/// Of a part of stage `index`, which is `whole`.
StageCost StageCosts::measure(int64_t index, const StageShape &shape,
                              const StageShape &whole) {
  // The others have no layers: stages do not share costs. Only the output head
  // has more to do for layers that predict elsewhere, on the stage before.
  StageShape empty;
  empty.chunks.assign(shape.chunks.size(), {0, 0});
  job.stages.assign(job.degrees.pp, empty);
  job.degrees.vpp = static_cast<int64_t>(shape.chunks.size());
  job.stages[index] = shape;
  int64_t elsewhere = mtpLayers - whole.mtpLayers;
  if (elsewhere > 0 && index > 0 && whole.output)
    job.stages[index - 1].mtpLayers = elsewhere;
  estimate(job, calibration, workspace, result);
  const StageEstimate &stage = result.stages[index];
  Count bytes = stage.memory.device();
  StageCost cost;
  cost.seconds = stage.time.forward + stage.time.backward;
  cost.bytes = bytes ? static_cast<double>(*bytes) : HUGE_VAL;
  return cost;
}
