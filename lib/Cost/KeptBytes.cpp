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

/// The backward pass of a fully recomputed layer starts from its input.
static void keepNothing(BlockWork &work) {
  work.redoneGemmFlops = work.gemmFlops;
  work.redoneCoreFlops = work.coreFlops;
  work.redoneMovedBytes = work.movedBytes;
  work.keptBytes = 0;
}

/// Queries, keys, values and the output of attention.
static Count attentionTensors(const Job &job, const LayerShape &layer) {
  Count bytes = job.activationBytes(), tokens = job.tokens(),
        tp = job.degrees.tp;
  Count statistics = Count(4) * tokens * layer.heads / tp;
  if (!layer.latentAttention) {
    Count heads = Count(2) * layer.heads + Count(2) * layer.kvHeads;
    return bytes * tokens * heads * layer.headDim / tp + statistics;
  }
  Count latents = Count(2) * layer.qLoraRank + Count(2) * layer.kvLoraRank +
                  layer.qkRopeDim;
  Count perHead = layer.vHeadDim;
  if (!recomputes(job, RecomputeModule::MlaUpProjection))
    perHead += Count(2) * (layer.qkNopeDim + layer.qkRopeDim) + layer.vHeadDim;
  return bytes * job.shardedTokens() * latents +
         bytes * tokens * layer.heads * perHead / tp + statistics;
}

void mlir::moe::cost::keepAttention(BlockWork &work, const Job &job,
                                    const LayerShape &layer) {
  Count bytes = job.activationBytes();
  Count row = bytes * job.shardedTokens() * job.model.hidden;
  work.movedBytes = Count(6) * row + attentionTensors(job, layer);
  if (!job.isTraining())
    return;
  if (recomputes(job, RecomputeModule::FullLayer)) {
    keepNothing(work);
    work.keptBytes = keptByAttention(job, layer, job.workload.recompute);
    return;
  }
  work.keptBytes = keptByAttention(job, layer, job.workload.recompute);
  if (recomputes(job, RecomputeModule::MlaUpProjection) &&
      layer.latentAttention)
    work.redoneGemmFlops = work.gemmFlops * 4 / 10;
  if (recomputes(job, RecomputeModule::CoreAttention))
    work.redoneCoreFlops = work.coreFlops;
}

void mlir::moe::cost::keepFeedForward(BlockWork &work, const Job &job,
                                      Count width, bool recomputed) {
  Count bytes = job.activationBytes();
  Count row = bytes * job.shardedTokens() * job.model.hidden;
  Count inner = bytes * job.tokens() * width / job.degrees.tp;
  work.movedBytes = Count(4) * row + Count(4) * inner;
  work.transientBytes = feedForwardTransient(job, width);
  if (!job.isTraining())
    return;
  if (recomputed || recomputes(job, RecomputeModule::FullLayer))
    return keepNothing(work);
  work.keptBytes = keptByNeurons(job, width);
}

void mlir::moe::cost::keepRouter(BlockWork &work, const Job &job,
                                 const LayerShape &layer) {
  Count row =
      Count(job.activationBytes()) * job.shardedTokens() * job.model.hidden;
  work.movedBytes = row * (Count(2) + Count(2) * layer.topK);
  if (!job.isTraining())
    return;
  if (recomputes(job, RecomputeModule::FullLayer))
    return keepNothing(work);
  work.keptBytes =
      keptByRouting(job, layer, expertRows(job, layer), job.workload.recompute);
}

void mlir::moe::cost::keepExperts(BlockWork &work, const Job &job,
                                  const LayerShape &layer, Count rows) {
  Count bytes = job.activationBytes();
  Count inner = bytes * rows * (layer.expertWidth / job.degrees.etp);
  Count input = bytes * rows * job.model.hidden;
  work.movedBytes = Count(2) * input + Count(4) * inner;
  work.transientBytes = expertsTransient(job, layer, rows);
  if (!job.isTraining())
    return;
  if (recomputes(job, RecomputeModule::MoE) ||
      recomputes(job, RecomputeModule::FullLayer))
    return keepNothing(work);
  work.keptBytes = keptByExperts(job, layer, rows, job.workload.recompute);
}
