//===- TinyModel.h - A model to count on paper ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// 8 tokens, hidden 4, so a hidden state has 32 numbers and 64 bytes in bf16.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_TINYMODEL_H
#define MOE_TEST_UNIT_TINYMODEL_H

#include "moe/Cost/Job.h"

namespace mlir::moe::cost {

inline Job tinyJob() {
  Job job;
  job.model.hidden = 4;
  job.model.vocab = 16;
  job.model.matrices = 3;
  job.workload.sequenceLength = 8;
  job.workload.microBatch = 1;
  job.workload.globalBatch = 64;
  job.machine.memoryBandwidth = job.machine.peakBf16 = 1;
  job.machine.nvlink = job.machine.network = 1;
  return job;
}

/// 2 heads of size 2 over 1 key-value head; 6 neurons.
inline LayerShape denseLayer() {
  LayerShape layer;
  layer.heads = 2, layer.kvHeads = 1, layer.headDim = 2;
  layer.ffnWidth = 6;
  return layer;
}

/// The same attention; 4 experts of 6 neurons, 2 a token, all on one rank.
inline LayerShape sparseLayer() {
  LayerShape layer = denseLayer();
  layer.sparse = true;
  layer.experts = 4, layer.topK = 2, layer.expertWidth = 6;
  layer.slotsPerRank = 4;
  return layer;
}

/// Latents of 3 for queries and 2 for keys and values; heads of 2 + 1 and 2.
inline LayerShape latentLayer() {
  LayerShape layer = denseLayer();
  layer.latentAttention = true;
  layer.qLoraRank = 3, layer.kvLoraRank = 2;
  layer.qkNopeDim = 2, layer.qkRopeDim = 1, layer.vHeadDim = 2;
  return layer;
}

inline Job recomputing(Job job, RecomputeModule module) {
  job.workload.recompute.insert(module);
  return job;
}

/// Adds `layers` copies of a layer and splits them evenly over the stages.
inline void addLayers(Job &job, LayerShape layer, int64_t layers) {
  layer.begin = 0, layer.end = layers;
  job.model.runs = {layer};
  int64_t pp = job.degrees.pp, vpp = job.degrees.vpp;
  int64_t each = layers / (pp * vpp);
  job.stages.assign(pp, StageShape());
  for (int64_t chunk = 0; chunk < pp * vpp; ++chunk)
    job.stages[chunk % pp].chunks.push_back({chunk * each, (chunk + 1) * each});
  job.stages.front().embedding = true;
  job.stages.back().output = true;
}

} // namespace mlir::moe::cost

#endif // MOE_TEST_UNIT_TINYMODEL_H
