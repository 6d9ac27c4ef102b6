//===- KeptBytes.cpp - Tensors that wait for the backward pass -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KeptBytes.h"

#include "KeptTensors.h"

using namespace mlir::moe::cost;

static bool recomputes(const Job &job, RecomputeModule module) {
  return job.workload.recompute.contains(module);
}

void mlir::moe::cost::keepAttention(BlockWork &work, const Job &job,
                                    const LayerShape &layer) {
  if (job.isTraining())
    work.keptBytes = keptByAttention(job, layer, job.workload.recompute);
}

void mlir::moe::cost::keepFeedForward(BlockWork &work, const Job &job,
                                      Count width, bool recomputed) {
  work.transientBytes = feedForwardTransient(job, width);
  if (!job.isTraining() || recomputed ||
      recomputes(job, RecomputeModule::FullLayer))
    return;
  work.keptBytes = keptByNeurons(job, width);
}

void mlir::moe::cost::keepRouter(BlockWork &work, const Job &job,
                                 const LayerShape &layer) {
  if (!job.isTraining() || recomputes(job, RecomputeModule::FullLayer))
    return;
  work.keptBytes =
      keptByRouting(job, layer, expertRows(job, layer), job.workload.recompute);
}

void mlir::moe::cost::keepExperts(BlockWork &work, const Job &job,
                                  const LayerShape &layer, Count rows,
                                  Count mostRows) {
  work.transientBytes = expertsTransient(job, layer, mostRows);
  if (!job.isTraining() || recomputes(job, RecomputeModule::MoE) ||
      recomputes(job, RecomputeModule::FullLayer))
    return;
  work.keptBytes = keptByExperts(job, layer, rows, job.workload.recompute);
}
