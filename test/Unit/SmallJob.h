//===- SmallJob.h - A job to time on paper
//---------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// 4 layers of width 1024, 8 micro-batches of 1000 tokens, one stage of one
// rank.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_UNIT_SMALLJOB_H
#define MOE_TEST_UNIT_SMALLJOB_H

#include "moe/Cost/Job.h"

namespace mlir::moe::cost {

/// Products at 1 PFLOP/s alone take time: no memory traffic, no network.
inline Job smallJob() {
  Job job;
  job.machine.peakBf16 = 1e15;
  job.machine.memoryBandwidth = 1e30;
  job.machine.nvlink = 100e9;
  job.machine.network = 10e9;
  job.model.hidden = 1024;
  job.model.vocab = 1024;
  job.model.matrices = 3;
  LayerShape layer;
  layer.begin = 0, layer.end = 4;
  layer.heads = 8, layer.kvHeads = 8, layer.headDim = 128;
  layer.ffnWidth = 4096;
  job.model.runs.push_back(layer);
  job.workload.microBatch = 1;
  job.workload.globalBatch = 8;
  job.workload.sequenceLength = 1000;
  job.stages.resize(1);
  job.stages[0].chunks.push_back({0, 4});
  return job;
}

/// A group of so many ranks, as many of which share NVLink.
inline Group spread(int64_t size, int64_t local) { return {size, local}; }

inline void setGroup(Job &job, Axis axis, Group group) {
  job.degrees.groups[static_cast<unsigned>(axis)] = group;
}

} // namespace mlir::moe::cost

#endif // MOE_TEST_UNIT_SMALLJOB_H
