//===- KeptTensors.cpp - What waits for the backward pass ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KeptTensors.h"

#include "moe/Cost/BlockWork.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir::moe::cost;

/// Numbers of one hidden state, on the ranks that share the sequence.
static Count row(const Job &job) {
  return job.shardedTokens() * job.model.hidden;
}

/// Bytes of tensors that no matrix multiplication quantises.
static Count plain(const Job &job, Count numbers) {
  return numbers * job.activationBytes();
}

/// Bytes kept of an operand of a matrix multiplication with weights.
static Count operand(const Job &job, Count numbers) {
  return isQuantised(job.workload.precision)
             ? storedBytes(numbers, job.workload.precision)
             : plain(job, numbers);
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

/// The result of attention and the fp32 logarithms of its sums. A quantised
/// output projection keeps its own copy; context parallelism by all-to-all
/// keeps the result before the exchange too (TransformerEngine 2.8 and later).
static Count attentionResult(const Job &job, Count heads, Count headDim) {
  Count numbers = job.tokens() * heads * headDim;
  Count bytes = plain(job, numbers) + Count(4) * job.tokens() * heads;
  if (isQuantised(job.workload.precision))
    bytes += operand(job, numbers);
  if (job.exchangesHeads())
    bytes += plain(job, numbers);
  return bytes;
}

/// Norms of queries and keys keep their input and, in fp32, a scale for each
/// head or token (q_layernorm and k_layernorm in attention.py of
/// Megatron-Core).
static Count queryKeyNormTensors(const Job &job, const LayerShape &layer,
                                 Count heads) {
  switch (layer.queryKeyNorm) {
  case QueryKeyNorm::None:
    return 0;
  case QueryKeyNorm::PerHead:
    return plain(job, job.tokens() * heads * layer.headDim) +
           Count(4) * job.tokens() * heads;
  case QueryKeyNorm::PerLayer:
    return plain(job, job.tokens() * heads * layer.headDim) +
           Count(8) * job.tokens();
  }
  llvm_unreachable("unknown norm");
}

/// Keys and values are kept for the heads of this rank, contiguous and after
/// the rotary embedding.
static Count groupedTensors(const Job &job, const LayerShape &layer) {
  Count heads = layer.heads / job.degrees.tp;
  Count kvHeads = max(layer.kvHeads, job.degrees.tp) / job.degrees.tp;
  return plain(job,
               job.tokens() * (heads + Count(2) * kvHeads) * layer.headDim) +
         queryKeyNormTensors(job, layer, heads + kvHeads) +
         attentionResult(job, heads, layer.headDim);
}

/// Inputs and results of the norms of both latents and the rotary key, then
/// queries, keys and values of all heads.
static Count latentTensors(const Job &job, const LayerShape &layer,
                           RecomputeSet recompute) {
  Count heads = layer.heads / job.degrees.tp;
  Count latents = job.shardedTokens() * (layer.qLoraRank + layer.kvLoraRank);
  Count bytes = plain(job, latents) + operand(job, latents) +
                plain(job, job.shardedTokens() * layer.qkRopeDim);
  if (!recompute.contains(RecomputeModule::MlaUpProjection)) {
    Count queryAndKey = Count(2) * (layer.qkNopeDim + layer.qkRopeDim);
    bytes += plain(job, job.tokens() * heads * (queryAndKey + layer.vHeadDim));
  }
  return bytes + attentionResult(job, heads, layer.vHeadDim);
}

Count mlir::moe::cost::keptByNorm(const Job &job, RecomputeSet recompute) {
  if (recompute.contains(RecomputeModule::FullLayer))
    return 0;
  Count bytes = plain(job, row(job));
  if (!recompute.contains(RecomputeModule::LayerNorm))
    bytes += operand(job, row(job));
  return bytes;
}

Count mlir::moe::cost::keptByAttention(const Job &job, const LayerShape &layer,
                                       RecomputeSet recompute) {
  // The backward pass of a recomputed layer starts from its input.
  if (recompute.contains(RecomputeModule::FullLayer))
    return plain(job, row(job));
  return keptByNorm(job, recompute) +
         (layer.latentAttention ? latentTensors(job, layer, recompute)
                                : groupedTensors(job, layer));
}

//===----------------------------------------------------------------------===//
// Feed-forward blocks and experts
//===----------------------------------------------------------------------===//

/// The first product has a gate beside each neuron where the model is gated.
static Count firstProduct(const Job &job, Count neurons) {
  return plain(job, (job.model.matrices - 1) * neurons);
}

Count mlir::moe::cost::keptByNeurons(const Job &job, Count width) {
  Count neurons = job.tokens() * (width / job.degrees.tp);
  return firstProduct(job, neurons) + operand(job, neurons);
}

Count mlir::moe::cost::keptByRouting(const Job &job, const LayerShape &layer,
                                     Count rows, RecomputeSet recompute) {
  Count bytes = keptByNorm(job, recompute);
  if (recompute.contains(RecomputeModule::FullLayer) ||
      recompute.contains(RecomputeModule::MoE))
    return bytes;
  // Logits and probabilities in fp32 and a map of 8 bytes for each expert; a
  // probability and an index for each choice, a probability for each row.
  return bytes + Count(16) * job.shardedTokens() * layer.experts +
         Count(8) * job.shardedTokens() * layer.topK + Count(4) * rows;
}

Count mlir::moe::cost::keptByExperts(const Job &job, const LayerShape &layer,
                                     Count rows, RecomputeSet recompute) {
  if (recompute.contains(RecomputeModule::FullLayer) ||
      recompute.contains(RecomputeModule::MoE))
    return 0;
  Count neurons = rows * (layer.expertWidth / job.degrees.etp);
  Count bytes =
      operand(job, rows * job.model.hidden) + firstProduct(job, neurons);
  if (!recompute.contains(RecomputeModule::MoEActivation))
    bytes += operand(job, neurons);
  return bytes;
}

Count mlir::moe::cost::keptByLayer(const Job &job, const LayerShape &layer,
                                   RecomputeSet recompute) {
  Count bytes = keptByAttention(job, layer, recompute);
  if (recompute.contains(RecomputeModule::FullLayer))
    return bytes;
  if (!layer.sparse)
    return bytes + keptByNorm(job, recompute) +
           (recompute.contains(RecomputeModule::FeedForward)
                ? Count(0)
                : keptByNeurons(job, layer.ffnWidth));
  Count rows = expertRows(job, layer) * layer.skew.worst / 1000;
  bytes += keptByRouting(job, layer, rows, recompute) +
           keptByExperts(job, layer, rows, recompute);
  bool shared = !recompute.contains(RecomputeModule::SharedExperts) &&
                !recompute.contains(RecomputeModule::MoE);
  return shared ? bytes + keptByNeurons(job, layer.sharedWidth) : bytes;
}

//===----------------------------------------------------------------------===//
// Short-lived tensors
//===----------------------------------------------------------------------===//

Count mlir::moe::cost::feedForwardTransient(const Job &job, Count width) {
  Count neurons = plain(job, job.tokens() * (width / job.degrees.tp));
  Count gradient = plain(job, row(job));
  if (!job.isTraining())
    return Count(2) * gradient + job.model.matrices * neurons;
  Count gathered = job.degrees.tp > 1
                       ? plain(job, job.tokens() * job.model.hidden)
                       : Count(0);
  // The second product's backward pass gathers its gradient and makes that of
  // the activation; then the activation is free, and the first product has one.
  return gradient + max(gathered + neurons, (job.model.matrices - 1) * neurons);
}

/// Rows in flight while a layer exchanges its tokens, beyond the dispatched
/// rows it keeps. The layer holds on to what it passes from step to step, so
/// the order of experts (more than one on a rank) costs a copy each way.
static Count exchangeBuffers(const Job &job, const LayerShape &layer,
                             Count dispatched) {
  const Degrees &degrees = job.degrees;
  if (degrees.ep * degrees.etp == 1)
    return dispatched;
  switch (job.workload.dispatcher) {
  case TokenDispatcher::AllToAll:
    return dispatched * (layer.slotsPerRank == Count(1) ? 3 : 4);
  case TokenDispatcher::AllGather:
    return dispatched +
           Count(2) * plain(job, row(job)) * (degrees.ep * degrees.etp);
  case TokenDispatcher::DeepEP: {
    // A token travels once to each rank that has one of its experts.
    Count arrived =
        min(dispatched, plain(job, row(job)) * min(layer.topK, degrees.ep));
    return dispatched + Count(2) * arrived;
  }
  case TokenDispatcher::HybridEP:
    return dispatched;
  }
  return std::nullopt;
}

Count mlir::moe::cost::expertsTransient(const Job &job, const LayerShape &layer,
                                        Count rows) {
  Count dispatched = plain(job, rows * job.model.hidden);
  Count neurons = plain(job, rows * (layer.expertWidth / job.degrees.etp));
  Count hidden = plain(job, row(job));
  Count exchange = hidden + exchangeBuffers(job, layer, dispatched);
  if (!job.isTraining())
    return exchange + job.model.matrices * neurons;
  Count firstGradient = (job.model.matrices - 1) * neurons;
  Count backward = max(Count(2) * dispatched, dispatched + neurons);
  return max(exchange, hidden + max(backward, firstGradient));
}
