//===- PeakMoment.cpp - When a stage holds most --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PeakMoment.h"

#include "KeptTensors.h"
#include "StageLayers.h"

using namespace mlir::moe::cost;

/// Bytes of the hidden states of one micro-batch on the ranks that share it.
static Count hiddenState(const Job &job) {
  return job.shardedTokens() * job.model.hidden * job.activationBytes();
}

/// The same once a tensor-parallel group has gathered it.
static Count gatheredState(const Job &job) {
  if (job.degrees.tp == 1)
    return 0;
  return job.tokens() * job.model.hidden * job.activationBytes();
}

/// What the backward pass makes again before it can run through a layer whose
/// large parts are recomputed; smaller parts are made again one at a time.
static Count rebuilt(const Job &job, const LayerShape &layer) {
  RecomputeSet chosen = job.workload.recompute;
  RecomputeSet small = chosen.without(RecomputeModule::FullLayer)
                           .without(RecomputeModule::MoE)
                           .without(RecomputeModule::FeedForward);
  return keptByLayer(job, layer, small) - keptByLayer(job, layer, chosen);
}

static Count layerMoment(const Job &job, const StageWork &work, int64_t stage) {
  Count bytes = work.mtp.transientBytes;
  for (const PartWork &chunk : work.chunks)
    bytes = max(bytes, chunk.transientBytes);
  if (!job.isTraining())
    return bytes;
  Count again = 0;
  forEachRun(job, stage, [&](const LayerShape &layer, int64_t) {
    again = max(again, rebuilt(job, layer));
  });
  return bytes + again;
}

//===----------------------------------------------------------------------===//
// The ends of the model
//===----------------------------------------------------------------------===//

/// Input and result of the last norm, for the head and each prediction layer.
static Count headInputs(const Job &job, int64_t heads) {
  return Count(2 * heads) * hiddenState(job);
}

/// Numbers of the logits of one head on one rank.
static Count logits(const Job &job) { return job.tokens() * job.vocabShare(); }

/// Bytes of the logits a head keeps for its backward pass.
static Count keptLogits(const Job &job) {
  return logits(job) * (job.workload.fusedLoss ? job.activationBytes() : 4);
}

static Count lossMoment(const Job &job, int64_t heads) {
  Count bytes = headInputs(job, heads) + keptLogits(job) * heads;
  return job.workload.fusedLoss ? bytes
                                : bytes + logits(job) * job.activationBytes();
}

/// Heads share their weights; autograd holds a gradient of each to add them.
static Count headGradientMoment(const Job &job, int64_t heads) {
  Count gradient = job.vocabShare() * job.model.hidden * job.activationBytes();
  return headInputs(job, heads) + keptLogits(job) * (heads - 1) +
         logits(job) * job.activationBytes() + gradient * heads +
         hiddenState(job) + Count(2) * gatheredState(job);
}

static Count embeddingGradientMoment(const Job &job, const StageWork &work) {
  Count gradient = job.vocabShare() * job.model.hidden * job.activationBytes();
  Count freed = work.chunks.empty() ? Count(0) : work.chunks[0].keptBytes;
  return gradient + hiddenState(job) - freed;
}

//===----------------------------------------------------------------------===//
// Fully shared states
//===----------------------------------------------------------------------===//

static Count layerWeights(const Job &job, const LayerShape &layer) {
  Count weights = attentionWeights(job, layer);
  if (!layer.sparse)
    return weights + feedForwardWork(job, layer).weights;
  weights += routerWork(job, layer).weights + expertsWork(job, layer).weights;
  if (layer.sharedWidth != Count(0))
    weights += sharedExpertsWork(job, layer).weights;
  return weights;
}

/// The next layer's weights are gathered while one computes.
static Count gatheredLayers(const Job &job, int64_t stage) {
  Count largest = 0;
  forEachRun(job, stage, [&](const LayerShape &layer, int64_t) {
    largest = max(largest, layerWeights(job, layer));
  });
  Count bytes = largest * 2 * job.activationBytes();
  return job.isTraining()
             ? bytes + largest * (bitsOf(job.workload.gradients) / 8)
             : bytes;
}

Count mlir::moe::cost::largestMoment(const Job &job, const StageWork &work,
                                     int64_t stage) {
  const StageShape &shape = job.stages[stage];
  Count bytes = layerMoment(job, work, stage);
  // Serving samples from the last token of each sequence.
  if (shape.output && !job.isTraining())
    bytes =
        max(bytes, outputRows(job) * job.vocabShare() * job.activationBytes());
  if (job.isTraining()) {
    int64_t heads = 1 + predictedHeads(job, shape);
    if (shape.output)
      bytes = max(bytes,
                  max(lossMoment(job, heads), headGradientMoment(job, heads)));
    if (shape.embedding)
      bytes = max(bytes, embeddingGradientMoment(job, work));
  }
  if (job.workload.sharding == StateSharding::FullyShared)
    bytes += gatheredLayers(job, stage);
  return bytes;
}
