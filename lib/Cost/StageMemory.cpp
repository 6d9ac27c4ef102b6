//===- StageMemory.cpp - Bytes on the ranks of one stage -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageMemory.h"

#include "OptimizerStates.h"
#include "PeakMoment.h"
#include "Workspaces.h"
#include <algorithm>

using namespace mlir::moe::cost;

Count mlir::moe::cost::chunksInFlight(const Job &job, int64_t stage) {
  const Degrees &degrees = job.degrees;
  Count batches = job.microBatches();
  if (!batches)
    return std::nullopt;
  if (degrees.pp == 1)
    return 1;
  if (degrees.schedule == PipelineSchedule::DualPipe)
    batches = batches / 2;
  if (degrees.vpp == 1)
    return std::min(*batches, degrees.pp - stage);
  Count warmUp = Count(2) * (degrees.pp - stage - 1) +
                 Count(degrees.vpp - 1) * degrees.pp + 1;
  Count all = batches * degrees.vpp;
  if (!warmUp || !all)
    return std::nullopt;
  return std::min(*all, *warmUp);
}

Count mlir::moe::cost::chunkInFlight(const Job &job, int64_t stage,
                                     int64_t chunk) {
  Count passes = chunksInFlight(job, stage);
  int64_t pp = job.degrees.pp, vpp = job.degrees.vpp;
  if (!passes || vpp == 1)
    return passes;
  int64_t rest = *passes % (pp * vpp);
  return *passes / (pp * vpp) * pp +
         std::clamp<int64_t>(rest - chunk * pp, 0, pp);
}

/// Parameters with their gradients; `replicas` ranks hold the same. 8-bit
/// formats keep each matrix in two layouts, so they save no memory.
static void addTrained(StageMemory &memory, const Job &job, Count weights,
                       int64_t replicas) {
  const Workload &workload = job.workload;
  bool full = workload.sharding == StateSharding::FullyShared;
  Count held = full ? weights / replicas : weights;
  memory.weights += workload.precision == NumberFormat::MXFP8
                        ? storedBytes(held * 2, NumberFormat::MXFP8)
                        : held * job.activationBytes();
  memory.gradients += held * (bitsOf(workload.gradients) / 8);
}

static void addStates(StageMemory &memory, const Job &job,
                      const UpdatedParameters &updated) {
  const Workload &workload = job.workload;
  Count states = updated.all * (workload.masterBits() / 8) +
                 momentBytes(workload, updated);
  memory.host = workload.offloadPermille == 0
                    ? Count(0)
                    : states * workload.offloadPermille / 1000;
  memory.optimizer = states - memory.host;
}

static Count activationsInFlight(const Job &job, const StageWork &work,
                                 int64_t stage) {
  // A prediction layer and the head run backward at once.
  Count bytes = work.mtp.keptBytes + work.output.keptBytes;
  for (size_t chunk = 0; chunk < work.chunks.size(); ++chunk)
    bytes += work.chunks[chunk].keptBytes *
             chunkInFlight(job, stage, static_cast<int64_t>(chunk));
  return bytes;
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
  // Layers that predict are like the last one, with keys of their own.
  int64_t predicting = job.stages[stage].mtpLayers;
  if (predicting > 0 && !job.model.runs.empty())
    perLayer += keyValueWidth(job, job.model.runs.back()) * predicting;
  return job.cachedBytes(perLayer * job.workload.batch *
                         (job.context() / job.degrees.cp));
}

/// Quantised checkpoints leave the embedding and the output head alone.
static Count servedWeights(const Job &job, const StageWork &work,
                           int64_t stage) {
  Count ends = endParameters(job, stage);
  return ends * job.activationBytes() +
         storedBytes(work.denseWeights + work.expertWeights - ends,
                     job.workload.precision);
}

StageMemory mlir::moe::cost::memoryOf(const Job &job,
                                      const Calibration &calibration,
                                      const StageWork &work, int64_t stage) {
  StageMemory memory;
  if (job.isTraining()) {
    addTrained(memory, job, work.denseWeights,
               job.degrees.group(Axis::Data).size);
    addTrained(memory, job, work.expertWeights,
               job.degrees.group(Axis::ExpertData).size);
    addStates(memory, job, updatedParameters(job, work, stage));
    memory.activations = activationsInFlight(job, work, stage);
    memory.workspaces = gradientPlaceholders(job, stage);
  } else {
    memory.weights = servedWeights(job, work, stage);
    memory.keyValueCache = keyValueCache(job, stage);
  }
  memory.workspaces += gemmWorkspaces(job, stage);
  memory.buffers = largestMoment(job, work, stage);
  memory.reserve = outsideAllocator(job, calibration);
  return memory;
}

StageMemory mlir::moe::cost::holdBoth(const StageMemory &a,
                                      const StageMemory &b) {
  StageMemory both;
  both.weights = a.weights + b.weights;
  both.gradients = a.gradients + b.gradients;
  both.optimizer = a.optimizer + b.optimizer;
  both.host = a.host + b.host;
  both.activations = a.activations + b.activations;
  both.buffers = max(a.buffers, b.buffers);
  both.workspaces = max(a.workspaces, b.workspaces);
  both.keyValueCache = a.keyValueCache + b.keyValueCache;
  both.reserve = max(a.reserve, b.reserve);
  return both;
}
