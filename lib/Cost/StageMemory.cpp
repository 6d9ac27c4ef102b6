//===- StageMemory.cpp - Bytes on the ranks of one stage -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageMemory.h"

using namespace mlir::moe::cost;

Count mlir::moe::cost::chunksInFlight(const Job &job, int64_t stage) {
  const Degrees &degrees = job.degrees;
  Count batches = job.microBatches();
  if (!batches)
    return std::nullopt;
  if (degrees.pp == 1)
    return 1;
  if (degrees.vpp == 1)
    return std::min(*batches, degrees.pp - stage);
  Count warmUp = Count(2) * (degrees.pp - stage - 1) +
                 Count(degrees.vpp - 1) * degrees.pp + 1;
  Count all = batches * degrees.vpp;
  if (!warmUp || !all)
    return std::nullopt;
  return std::min(*all, *warmUp);
}

/// Bytes of one number of each state, and who shares it.
static void addStates(StageMemory &memory, const Job &job, Count weights,
                      int64_t replicas) {
  const Workload &workload = job.workload;
  auto bytes = [](NumberFormat format) { return bitsOf(format) / 8; };
  bool full = workload.sharding == StateSharding::FullyShared;
  Count held = full ? weights / replicas : weights;
  memory.weights += held * job.activationBytes();
  memory.gradients += held * bytes(workload.gradients);
  Count states =
      workload.sharding == StateSharding::None ? weights : weights / replicas;
  memory.optimizer +=
      states * (bytes(workload.master) + 2 * bytes(workload.moments));
}

/// What decode and prefill keep of earlier tokens: keys and values, or the
/// latent of latent attention and its rotary part.
static Count keyValueCache(const Job &job, int64_t stage) {
  if (job.isTraining())
    return 0;
  Count perLayer = 0;
  for (const auto &chunk : job.stages[stage].chunks)
    for (const LayerShape &run : job.model.runs) {
      int64_t layers =
          std::min(chunk.second, run.end) - std::max(chunk.first, run.begin);
      if (layers > 0)
        perLayer += keyValueWidth(job, run) * layers;
    }
  return perLayer * job.workload.batch * (job.context() / job.degrees.cp) *
         job.activationBytes();
}

StageMemory mlir::moe::cost::memoryOf(const Job &job,
                                      const Calibration &calibration,
                                      const StageWork &work, int64_t stage) {
  StageMemory memory;
  if (job.isTraining()) {
    addStates(memory, job, work.denseWeights,
              job.degrees.group(Axis::Data).size);
    addStates(memory, job, work.expertWeights,
              job.degrees.group(Axis::ExpertData).size);
    Count chunks = static_cast<int64_t>(work.chunks.size());
    for (const PartWork &chunk : work.chunks)
      memory.activations += chunk.keptBytes;
    memory.activations =
        memory.activations * chunksInFlight(job, stage) / chunks;
    memory.activations += work.mtp.keptBytes + work.output.keptBytes;
  } else {
    Count weights = work.denseWeights + work.expertWeights;
    memory.weights = weights * bitsOf(job.workload.precision) / 8;
    memory.keyValueCache = keyValueCache(job, stage);
  }
  memory.buffers = max(work.output.transientBytes, work.mtp.transientBytes);
  for (const PartWork &chunk : work.chunks)
    memory.buffers = max(memory.buffers, chunk.transientBytes);
  Count peak = memory.peak();
  memory.reserve = static_cast<int64_t>(calibration.communicatorBytes +
                                        calibration.contextBytes);
  if (peak)
    memory.reserve += static_cast<int64_t>(static_cast<double>(*peak) *
                                           calibration.reserveShare);
  return memory;
}
