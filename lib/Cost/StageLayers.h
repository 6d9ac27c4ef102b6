//===- StageLayers.h - The kinds of layers on a stage -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_STAGELAYERS_H
#define MOE_LIB_COST_STAGELAYERS_H

#include "moe/Cost/Job.h"
#include <algorithm>

namespace mlir::moe::cost {

/// Calls fn(layer, count) for each run with layers on a stage. A prediction
/// layer is one of the last run.
template <typename FnT>
void forEachRun(const Job &job, int64_t stage, FnT fn) {
  const StageShape &shape = job.stages[stage];
  for (const LayerShape &run : job.model.runs) {
    int64_t layers = &run == &job.model.runs.back() ? shape.mtpLayers : 0;
    for (const auto &chunk : shape.chunks)
      layers += std::max<int64_t>(std::min(chunk.second, run.end) -
                                      std::max(chunk.first, run.begin),
                                  0);
    if (layers > 0)
      fn(run, layers);
  }
}

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_STAGELAYERS_H
