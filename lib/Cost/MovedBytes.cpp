//===- MovedBytes.cpp - Traffic of one block beside its products ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MovedBytes.h"

using namespace mlir::moe::cost;

//===----------------------------------------------------------------------===//
// What all blocks share
//===----------------------------------------------------------------------===//

static bool isRedone(const Job &job, RecomputeModule module) {
  return job.workload.recompute.contains(module);
}

/// Bytes of the rows of this rank between blocks.
static Count rowBytes(const Job &job) {
  return Count(job.activationBytes()) * job.shardedTokens() * job.model.hidden;
}

/// Traffic of quantising the operands of matrix multiplications. Training needs
/// each along its rows and along its columns: MXFP8 and NVFP4 read 2 bytes and
/// write twice 1 byte and a scale of 32 elements; a scale of a whole tensor
/// takes one more read to find. Serving needs rows only.
static Count quantiseBytes(const Job &job, Count elements) {
  NumberFormat format = job.workload.precision;
  if (!isQuantised(format))
    return elements * 0;
  if (!job.isTraining())
    return elements * 3;
  return format == NumberFormat::FP8 ? elements * 6 : elements * 41 / 10;
}

/// The backward pass reads saved tensors beside gradients, writes gradients,
/// and adds to the main gradients of the weights in every micro-batch.
static void move(BlockWork &work, const Job &job, Count plain, Count quantise) {
  work.movedBytes = plain + quantise;
  if (!job.isTraining())
    return;
  Count gradients = work.weights * (bitsOf(job.workload.gradients) / 8);
  work.backwardBytes =
      plain * 18 / 10 + quantise * 12 / 10 + Count(2) * gradients;
}

static void redoAll(BlockWork &work) {
  work.redoneGemmFlops = work.gemmFlops;
  work.redoneCoreFlops = work.coreFlops;
  work.redoneMovedBytes = work.movedBytes;
}

/// Whether the whole layer is computed again; then nothing else is.
static bool redoesLayer(BlockWork &work, const Job &job) {
  if (!job.isTraining() || !isRedone(job, RecomputeModule::FullLayer))
    return false;
  redoAll(work);
  return true;
}

/// Norm and residual sum of one block.
static Count normBytes(const Job &job) { return rowBytes(job) * 5; }

static void redoNorm(BlockWork &work, const Job &job) {
  if (isRedone(job, RecomputeModule::LayerNorm))
    work.redoneMovedBytes += rowBytes(job) * 2;
}

/// Kernels of the eager forward pass of Megatron-Core, by part of a layer.
static constexpr int64_t attentionLaunches = 130, feedForwardLaunches = 130,
                         sharedLaunches = 40, routerLaunches = 130,
                         expertsLaunches = 260;
/// Where tokens are dropped to a capacity, shapes are static: no counting, no
/// waiting for counts.
static constexpr int64_t droppingLaunches = 100;
/// Quantising each expert on its own, and its three multiplications.
static constexpr int64_t launchesPerExpert = 4;

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

/// Norms of queries and keys read and write them.
static Count queryKeyNormBytes(const Job &job, const LayerShape &layer) {
  if (layer.latentAttention || layer.queryKeyNorm == QueryKeyNorm::None)
    return 0;
  Count tp = job.degrees.tp;
  Count heads = layer.heads / tp + max(layer.kvHeads, tp) / tp;
  return Count(2) * job.activationBytes() * job.tokens() * heads *
         layer.headDim;
}

/// FLOP of the products that make keys, values and queries of the latents.
static Count upProjectionFlops(const Job &job, const LayerShape &layer) {
  Count query = layer.qLoraRank * (layer.qkNopeDim + layer.qkRopeDim);
  Count keyValue = layer.kvLoraRank * (layer.qkNopeDim + layer.vHeadDim);
  return Count(2) * job.tokens() * (query + keyValue) * layer.heads /
         job.degrees.tp;
}

static void redoAttention(BlockWork &work, const Job &job,
                          const LayerShape &layer, Count projected) {
  redoNorm(work, job);
  if (isRedone(job, RecomputeModule::MlaUpProjection) &&
      layer.latentAttention) {
    work.redoneGemmFlops += upProjectionFlops(job, layer);
    work.redoneMovedBytes += projected * 2;
  }
  if (isRedone(job, RecomputeModule::CoreAttention))
    work.redoneCoreFlops = work.coreFlops;
}

void mlir::moe::cost::moveAttention(BlockWork &work, const Job &job,
                                    const LayerShape &layer) {
  Count width = queryKeyValueWidth(job, layer);
  Count projected = Count(job.activationBytes()) * job.tokens() * width;
  // Rotary embeddings read and write queries and keys; latent attention also
  // concatenates their parts.
  Count rotated = layer.latentAttention ? projected * 5 / 2 : projected * 2;
  Count operands =
      job.model.hidden + (width + attentionResultWidth(job, layer)) / 2;
  move(work, job, normBytes(job) + queryKeyNormBytes(job, layer) + rotated,
       quantiseBytes(job, operands * job.tokens()));
  work.launches = attentionLaunches;
  if (job.workload.phase == Phase::Decode)
    work.cacheBytes =
        job.cachedBytes(job.workload.batch * cachedKeys(job, layer) *
                        keyValueWidth(job, layer));
  if (!redoesLayer(work, job) && job.isTraining())
    redoAttention(work, job, layer, projected);
}

//===----------------------------------------------------------------------===//
// Feed-forward
//===----------------------------------------------------------------------===//

/// Traffic of the activation function over `elements` of a feed-forward block.
static Count activationBytes(const Job &job, Count elements) {
  return Count(3) * elements * job.activationBytes();
}

static Count moveInner(BlockWork &work, const Job &job, Count width,
                       Count norms) {
  Count inner = job.tokens() * width / job.degrees.tp;
  Count activation = activationBytes(job, inner);
  move(work, job, norms + activation,
       quantiseBytes(job, job.tokens() * job.model.hidden + inner));
  return activation;
}

void mlir::moe::cost::moveFeedForward(BlockWork &work, const Job &job,
                                      Count width) {
  Count activation = moveInner(work, job, width, normBytes(job));
  work.launches = feedForwardLaunches;
  if (redoesLayer(work, job) || !job.isTraining())
    return;
  redoNorm(work, job);
  if (isRedone(job, RecomputeModule::FeedForward)) {
    work.redoneGemmFlops = work.gemmFlops;
    work.redoneMovedBytes += activation;
  }
}

void mlir::moe::cost::moveSharedExperts(BlockWork &work, const Job &job,
                                        Count width) {
  moveInner(work, job, width, 0);
  work.launches = sharedLaunches;
  if (redoesLayer(work, job) || !job.isTraining())
    return;
  if (isRedone(job, RecomputeModule::SharedExperts) ||
      isRedone(job, RecomputeModule::MoE))
    redoAll(work);
}

void mlir::moe::cost::moveRouter(BlockWork &work, const Job &job,
                                 const LayerShape &layer) {
  // Logits, probabilities and maps.
  Count routing = Count(16) * job.shardedTokens() * layer.experts;
  move(work, job, normBytes(job) + routing, 0);
  work.launches = routerLaunches;
  if (redoesLayer(work, job) || !job.isTraining())
    return;
  redoNorm(work, job);
  if (isRedone(job, RecomputeModule::MoE))
    work.redoneMovedBytes += routing;
}

/// DeepEP and HybridEP permute inside their exchange.
static bool permutesInside(const Job &job) {
  return job.workload.dispatcher == TokenDispatcher::DeepEP ||
         job.workload.dispatcher == TokenDispatcher::HybridEP;
}

/// Traffic of bringing rows to their experts and back: the all-to-all
/// dispatcher permutes before and behind each exchange, DeepEP and HybridEP do
/// it inside.
static Count permutationBytes(const Job &job, Count rows) {
  Count row = Count(job.activationBytes()) * rows * job.model.hidden;
  return row * (permutesInside(job) ? 5 : 8);
}

/// Clamped gates with biases run as some ten kernels in fp32: about 90 bytes
/// per element instead of 6.
static Count gateBytes(const Job &job, Count elements) {
  if (job.model.clampedGates && !job.workload.fusesExperts() &&
      job.isTraining())
    return elements * 90;
  return activationBytes(job, elements);
}

static Count expertLaunches(const Job &job, const LayerShape &layer) {
  Count launches =
      job.workload.capacityPermille ? droppingLaunches : expertsLaunches;
  if (isQuantised(job.workload.precision) && !job.workload.fusesExperts())
    launches += layer.slotsPerRank * launchesPerExpert;
  return launches;
}

/// Experts that serve, behind DeepEP: dispatched rows are quantised once a
/// token, copied to their experts, and results are summed up (ep_scatter and
/// ep_gather of SGLang); low-latency kernels write rows where the experts read
/// them. One kernel makes gates and quantises them.
static void moveServedExperts(BlockWork &work, const Job &job, Count rows,
                              Count inner) {
  bool quantised = isQuantised(job.workload.precision);
  int64_t element = quantised ? 1 : job.activationBytes();
  work.movedBytes = inner * (2 * job.activationBytes() + element);
  if (job.workload.phase == Phase::Decode)
    return;
  Count tokens = rowBytes(job);
  work.movedBytes +=
      rows * job.model.hidden * (2 * element + job.activationBytes()) + tokens;
  if (quantised)
    work.movedBytes += tokens * 3 / 2;
}

void mlir::moe::cost::moveExperts(BlockWork &work, const Job &job,
                                  const LayerShape &layer, Count rows) {
  Count inner = rows * (layer.expertWidth / job.degrees.etp);
  if (!job.isTraining() && permutesInside(job))
    return moveServedExperts(work, job, rows, inner);
  Count gates = gateBytes(job, inner);
  move(work, job, gates + permutationBytes(job, rows),
       quantiseBytes(job, rows * job.model.hidden + inner));
  work.launches = expertLaunches(job, layer);
  if (redoesLayer(work, job) || !job.isTraining())
    return;
  if (isRedone(job, RecomputeModule::MoE))
    redoAll(work);
  else if (isRedone(job, RecomputeModule::MoEActivation))
    work.redoneMovedBytes = gates;
}

void mlir::moe::cost::moveOutput(BlockWork &work, const Job &job) {
  Count logits = outputRows(job) * job.vocabShare();
  // The product in bf16, then softmax and loss in fp32.
  work.movedBytes = logits * 10;
  if (job.isTraining())
    work.backwardBytes =
        logits * 8 + work.weights * 2 * (bitsOf(job.workload.gradients) / 8);
}

void mlir::moe::cost::moveProjection(BlockWork &work, const Job &job) {
  move(work, job, 0, 0);
  redoesLayer(work, job);
}
