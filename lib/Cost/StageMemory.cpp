//===- StageMemory.cpp - Bytes on the ranks of one stage -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageMemory.h"

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

/// Parameters with their gradients and states; `replicas` ranks hold the same,
/// and `ends` of them are of the embedding and the output head. 8-bit formats
/// keep each matrix in two layouts, so they save no memory.
static void addStates(StageMemory &memory, const Job &job, Count weights,
                      Count ends, int64_t replicas) {
  const Workload &workload = job.workload;
  auto bytes = [](NumberFormat format) { return bitsOf(format) / 8; };
  bool full = workload.sharding == StateSharding::FullyShared;
  Count held = full ? weights / replicas : weights;
  memory.weights += workload.precision == NumberFormat::MXFP8
                        ? storedBytes(held * 2, NumberFormat::MXFP8)
                        : held * job.activationBytes();
  memory.gradients += held * bytes(workload.gradients);
  auto updated = [&](Count all) {
    return workload.sharding == StateSharding::None ? all : all / replicas;
  };
  Count states =
      updated(weights) * (workload.masterBits() / 8 +
                          workload.layerMoments * bytes(workload.moments)) +
      updated(ends) * (workload.endMoments - workload.layerMoments) *
          bytes(workload.moments);
  Count host = workload.offloadPermille == 0
                   ? Count(0)
                   : states * workload.offloadPermille / 1000;
  memory.optimizer += states - host;
  memory.host += host;
}

/// Dense parameters beside those of the blocks: a prediction layer looks its
/// tokens up in a copy of the embedding (Megatron-Core puts one on every stage
/// that predicts); a tied output head on the embedding's stage has none.
static Count embeddingCopies(const Job &job, const StageShape &shape) {
  Count embedding = job.vocabShare() * job.model.hidden;
  if (shape.embedding)
    return job.model.tiedEmbeddings && shape.output ? embedding * -1 : Count(0);
  return shape.mtpLayers > 0 ? embedding : Count(0);
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

/// Parameters of the embedding and the output head.
static Count endParameters(const Job &job, int64_t stage) {
  const StageShape &shape = job.stages[stage];
  Count copies = shape.embedding + shape.output;
  return job.vocabShare() * job.model.hidden * copies +
         embeddingCopies(job, shape);
}

/// Quantised checkpoints leave the embedding and the output head alone.
static Count servedWeights(const Job &job, Count dense, Count experts,
                           int64_t stage) {
  Count ends = endParameters(job, stage);
  return ends * job.activationBytes() +
         storedBytes(dense + experts - ends, job.workload.precision);
}

StageMemory mlir::moe::cost::memoryOf(const Job &job,
                                      const Calibration &calibration,
                                      const StageWork &work, int64_t stage) {
  StageMemory memory;
  Count dense = work.denseWeights + embeddingCopies(job, job.stages[stage]);
  if (job.isTraining()) {
    addStates(memory, job, dense, endParameters(job, stage),
              job.degrees.group(Axis::Data).size);
    addStates(memory, job, work.expertWeights, 0,
              job.degrees.group(Axis::ExpertData).size);
    memory.activations = activationsInFlight(job, work, stage);
    memory.workspaces = gradientPlaceholders(job, stage);
  } else {
    memory.weights = servedWeights(job, dense, work.expertWeights, stage);
    memory.keyValueCache = keyValueCache(job, stage);
  }
  memory.workspaces += gemmWorkspaces(job, stage);
  memory.buffers = largestMoment(job, work, stage);
  memory.reserve = outsideAllocator(job, calibration);
  return memory;
}

StageMemory mlir::moe::cost::holdBoth(const Job &job, const StageMemory &a,
                                      const StageMemory &b) {
  StateSharding sharding = job.workload.sharding;
  auto shared = [](Count x, Count y, bool shares) {
    return shares ? (x + y) / 2 : x + y;
  };
  bool full = sharding == StateSharding::FullyShared;
  bool states = sharding != StateSharding::None;
  StageMemory both;
  both.weights = shared(a.weights, b.weights, full);
  both.gradients = shared(a.gradients, b.gradients, full);
  both.optimizer = shared(a.optimizer, b.optimizer, states);
  both.host = shared(a.host, b.host, states);
  both.activations = a.activations + b.activations;
  both.buffers = max(a.buffers, b.buffers);
  both.workspaces = max(a.workspaces, b.workspaces);
  both.keyValueCache = a.keyValueCache + b.keyValueCache;
  both.reserve = max(a.reserve, b.reserve);
  return both;
}
