//===- BlockWork.cpp - What one block asks of one rank -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Cost/BlockWork.h"

#include "KeptBytes.h"
#include "KeptTensors.h"
#include "MovedBytes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir::moe::cost;

static constexpr BlockField fields[] = {
    {"weights", &BlockWork::weights},
    {"flops", &BlockWork::gemmFlops},
    {"core_flops", &BlockWork::coreFlops},
    {"rows", &BlockWork::rows},
    {"width", &BlockWork::width},
    {"scores", &BlockWork::scores},
    {"moved", &BlockWork::movedBytes},
    {"moved_backward", &BlockWork::backwardBytes},
    {"cached", &BlockWork::cacheBytes},
    {"launches", &BlockWork::launches},
    {"kept", &BlockWork::keptBytes},
    {"transient", &BlockWork::transientBytes},
    {"redone_flops", &BlockWork::redoneGemmFlops},
    {"redone_core_flops", &BlockWork::redoneCoreFlops},
    {"redone_moved", &BlockWork::redoneMovedBytes}};

llvm::ArrayRef<BlockField> mlir::moe::cost::blockFields() { return fields; }

bool mlir::moe::cost::operator==(const BlockWork &a, const BlockWork &b) {
  return llvm::all_of(fields, [&](const BlockField &field) {
    return a.*field.count == b.*field.count;
  });
}

namespace {
/// Parameters of a block: matrices every token multiplies with, split over the
/// tensor-parallel ranks or not, and the norms and biases of one rank, which
/// cost no FLOPs worth counting.
struct Matrices {
  Count split = 0;
  Count whole = 0;
  Count vectors = 0;
};
} // namespace

static BlockWork workOf(const Matrices &parts, const Job &job) {
  Count perToken = parts.split / job.degrees.tp + parts.whole;
  BlockWork work;
  work.weights = perToken + parts.vectors;
  work.rows = job.tokens();
  work.gemmFlops = Count(2) * work.rows * perToken;
  work.width = job.model.hidden;
  return work;
}

BlockWork mlir::moe::cost::embeddingWork(const Job &job) {
  BlockWork work;
  work.weights = job.vocabShare() * job.model.hidden;
  work.movedBytes =
      Count(job.activationBytes()) * job.tokens() * job.model.hidden;
  if (job.isTraining())
    work.backwardBytes = work.movedBytes;
  return work;
}

Count mlir::moe::cost::outputRows(const Job &job) {
  return job.workload.phase == Phase::Prefill ? job.workload.batch
                                              : job.tokens();
}

BlockWork mlir::moe::cost::outputWork(const Job &job) {
  BlockWork work =
      workOf({0, job.vocabShare() * job.model.hidden, job.model.hidden}, job);
  work.rows = outputRows(job);
  work.gemmFlops = Count(2) * work.rows * (work.weights - job.model.hidden);
  moveOutput(work, job);
  return work;
}

/// Norms of queries and keys. They are counted whole: heads of a rank need few.
static Count queryKeyNormWeights(const LayerShape &layer) {
  switch (layer.queryKeyNorm) {
  case QueryKeyNorm::None:
    return 0;
  case QueryKeyNorm::PerHead:
    return Count(2) * layer.headDim;
  case QueryKeyNorm::PerLayer:
    return (layer.heads + layer.kvHeads) * layer.headDim;
  }
  llvm_unreachable("unknown norm");
}

/// Key and value projections. Below one key-value head a rank, heads are
/// replicated.
static Matrices keyValueMatrices(const Job &job, const LayerShape &layer) {
  Count hidden = job.model.hidden;
  if (layer.latentAttention) {
    Count latent = layer.kvLoraRank;
    return {latent * layer.heads * (layer.qkNopeDim + layer.vHeadDim),
            hidden * (latent + layer.qkRopeDim), latent};
  }
  Count heads = max(layer.kvHeads, job.degrees.tp);
  Count biases = Count(2) * (heads / job.degrees.tp) * layer.headDim;
  return {Count(2) * hidden * heads * layer.headDim, 0,
          job.model.biases ? biases : Count(0)};
}

static Matrices queryMatrices(const Job &job, const LayerShape &layer) {
  Count hidden = job.model.hidden;
  if (!layer.latentAttention) {
    // A bias and a sink of each head.
    Count biases = layer.heads / job.degrees.tp * (layer.headDim + 1);
    return {hidden * layer.heads * layer.headDim, 0,
            queryKeyNormWeights(layer) +
                (job.model.biases ? biases : Count(0))};
  }
  Count query = layer.heads * (layer.qkNopeDim + layer.qkRopeDim);
  if (layer.qLoraRank == Count(0))
    return {hidden * query, 0, 0};
  return {layer.qLoraRank * query, hidden * layer.qLoraRank, layer.qLoraRank};
}

static Matrices outputMatrices(const Job &job, const LayerShape &layer) {
  Count head = layer.latentAttention ? layer.vHeadDim : layer.headDim;
  return {layer.heads * head * job.model.hidden, 0,
          job.model.biases ? job.model.hidden : Count(0)};
}

static Matrices together(const Matrices &a, const Matrices &b) {
  return {a.split + b.split, a.whole + b.whole, a.vectors + b.vectors};
}

Count mlir::moe::cost::queryKeyValueWidth(const Job &job,
                                          const LayerShape &layer) {
  Count tp = job.degrees.tp;
  if (layer.latentAttention)
    return layer.heads / tp *
           (Count(2) * (layer.qkNopeDim + layer.qkRopeDim) + layer.vHeadDim);
  return (layer.heads / tp + Count(2) * (max(layer.kvHeads, tp) / tp)) *
         layer.headDim;
}

Count mlir::moe::cost::attentionResultWidth(const Job &job,
                                            const LayerShape &layer) {
  return layer.heads / job.degrees.tp *
         (layer.latentAttention ? layer.vHeadDim : layer.headDim);
}

/// Keys a query sees on the mean over layers: a window hides keys from every
/// second one.
static Count visibleKeys(const LayerShape &layer, Count keys, Count window) {
  return layer.window == Count(0) ? keys : (keys + min(keys, window)) / 2;
}

/// Scores and weighted sum: 2 FLOP x (score size + value size) per head, query
/// and key, half of the keys when causal.
Count mlir::moe::cost::causalCoreFlops(const Job &job,
                                       const LayerShape &layer) {
  Count sizes = layer.latentAttention
                    ? layer.qkNopeDim + layer.qkRopeDim + layer.vHeadDim
                    : Count(2) * layer.headDim;
  Count keys = visibleKeys(layer, job.context(), layer.window * 2);
  return layer.heads / job.degrees.tp * sizes * keys * job.tokens();
}

Count mlir::moe::cost::coreFlopsPerToken(const Job &job,
                                         const LayerShape &layer) {
  Count sizes = layer.latentAttention
                    ? layer.qkNopeDim + layer.qkRopeDim + layer.vHeadDim
                    : Count(2) * layer.headDim;
  // A token of decode comes last and sees every key; others see half of them
  // on the mean.
  if (job.workload.phase == Phase::Decode)
    return Count(2) * layer.heads * sizes *
           visibleKeys(layer, job.context(), layer.window);
  return layer.heads * sizes *
         visibleKeys(layer, job.context(), layer.window * 2);
}

Count mlir::moe::cost::cachedKeys(const Job &job, const LayerShape &layer) {
  return visibleKeys(layer, job.context(), layer.window) / job.degrees.cp;
}

/// Decode sees every key; latent attention multiplies with the latents
/// themselves, their projections absorbed into queries and results.
static Count decodeCoreFlops(const Job &job, const LayerShape &layer) {
  Count sizes = layer.latentAttention ? layer.kvLoraRank * 2 + layer.qkRopeDim
                                      : Count(2) * layer.headDim;
  return Count(2) * (layer.heads / job.degrees.tp) * sizes *
         cachedKeys(job, layer) * job.tokens();
}

static void countCore(BlockWork &work, const Job &job,
                      const LayerShape &layer) {
  if (job.workload.phase == Phase::Decode) {
    work.coreFlops = decodeCoreFlops(job, layer);
    return;
  }
  work.coreFlops = causalCoreFlops(job, layer);
  Count sizes = layer.latentAttention
                    ? layer.qkNopeDim + layer.qkRopeDim + layer.vHeadDim
                    : Count(2) * layer.headDim;
  work.scores = work.coreFlops / (sizes * 2);
}

/// The narrowest dimension of the projections around attention.
static Count projectionWidth(const Job &job, const LayerShape &layer) {
  Count tp = job.degrees.tp;
  if (layer.latentAttention)
    return min(layer.kvLoraRank,
               layer.heads * (layer.qkNopeDim + layer.qkRopeDim) / tp);
  return min(job.model.hidden,
             (layer.heads + Count(2) * layer.kvHeads) * layer.headDim / tp);
}

static BlockWork projectionWork(const Matrices &parts, const Job &job,
                                const LayerShape &layer) {
  BlockWork work = workOf(parts, job);
  work.width = projectionWidth(job, layer);
  moveProjection(work, job);
  return work;
}

BlockWork mlir::moe::cost::keyValueWork(const Job &job,
                                        const LayerShape &layer) {
  return projectionWork(keyValueMatrices(job, layer), job, layer);
}

BlockWork mlir::moe::cost::queryKeyValueWork(const Job &job,
                                             const LayerShape &layer) {
  Matrices parts =
      together(queryMatrices(job, layer), keyValueMatrices(job, layer));
  return projectionWork(parts, job, layer);
}

BlockWork mlir::moe::cost::attentionOutputWork(const Job &job,
                                               const LayerShape &layer) {
  return projectionWork(outputMatrices(job, layer), job, layer);
}

/// What no other block computes: context parallelism computes keys and values
/// before it exchanges them, exchanges of heads stand between all projections
/// and attention.
static Matrices attentionMatrices(const Job &job, const LayerShape &layer) {
  Matrices norm = {0, 0, job.model.hidden};
  if (job.exchangesHeads())
    return norm;
  Matrices parts = together(
      norm, together(queryMatrices(job, layer), outputMatrices(job, layer)));
  return job.degrees.cp > 1 ? parts
                            : together(parts, keyValueMatrices(job, layer));
}

Count mlir::moe::cost::attentionWeights(const Job &job,
                                        const LayerShape &layer) {
  Matrices parts = together(
      together(queryMatrices(job, layer), keyValueMatrices(job, layer)),
      outputMatrices(job, layer));
  return parts.split / job.degrees.tp + parts.whole + parts.vectors +
         job.model.hidden;
}

BlockWork mlir::moe::cost::attentionWork(const Job &job,
                                         const LayerShape &layer) {
  BlockWork work = workOf(attentionMatrices(job, layer), job);
  work.width = projectionWidth(job, layer);
  countCore(work, job, layer);
  moveAttention(work, job, layer);
  keepAttention(work, job, layer);
  return work;
}

BlockWork mlir::moe::cost::feedForwardWork(const Job &job,
                                           const LayerShape &layer) {
  BlockWork work =
      workOf({job.model.matrices * job.model.hidden * layer.ffnWidth, 0,
              job.model.hidden},
             job);
  work.width = min(job.model.hidden, layer.ffnWidth / job.degrees.tp);
  moveFeedForward(work, job, layer.ffnWidth);
  keepFeedForward(
      work, job, layer.ffnWidth,
      job.workload.recompute.contains(RecomputeModule::FeedForward));
  if (job.isTraining())
    work.keptBytes += keptByNorm(job, job.workload.recompute);
  return work;
}

BlockWork mlir::moe::cost::sharedExpertsWork(const Job &job,
                                             const LayerShape &layer) {
  BlockWork work = workOf(
      {job.model.matrices * job.model.hidden * layer.sharedWidth, 0, 0}, job);
  work.width = min(job.model.hidden, layer.sharedWidth / job.degrees.tp);
  moveSharedExperts(work, job, layer.sharedWidth);
  keepFeedForward(
      work, job, layer.sharedWidth,
      job.workload.recompute.contains(RecomputeModule::SharedExperts) ||
          job.workload.recompute.contains(RecomputeModule::MoE));
  return work;
}

BlockWork mlir::moe::cost::routerWork(const Job &job, const LayerShape &layer) {
  BlockWork work;
  work.weights = job.model.hidden * layer.experts + job.model.hidden;
  if (job.model.biases)
    work.weights += layer.experts;
  moveRouter(work, job, layer);
  keepRouter(work, job, layer);
  return work;
}

BlockWork mlir::moe::cost::expertsWork(const Job &job,
                                       const LayerShape &layer) {
  Count expert = job.model.matrices * job.model.hidden * layer.expertWidth /
                 job.degrees.etp;
  BlockWork work;
  Count biases =
      (job.model.matrices - 1) * layer.expertWidth / job.degrees.etp +
      job.model.hidden;
  work.weights =
      layer.slotsPerRank * (expert + (job.model.biases ? biases : Count(0)));
  Count rows = expertRows(job, layer) * layer.skew.mean / 1000;
  Count mostRows = expertRows(job, layer) * layer.skew.worst / 1000;
  work.gemmFlops = Count(2) * rows * expert;
  work.rows = rows / layer.slotsPerRank;
  work.width = min(job.model.hidden, layer.expertWidth / job.degrees.etp);
  moveExperts(work, job, layer, rows);
  keepExperts(work, job, layer, rows, mostRows);
  return work;
}

BlockWork mlir::moe::cost::mtpWork(const Job &job) {
  Count hidden = job.model.hidden;
  BlockWork work =
      workOf({Count(2) * hidden * hidden, 0, Count(3) * hidden}, job);
  moveProjection(work, job);
  return work;
}

/// Rows that there is room for per row of balanced routing, in thousandths. No
/// capacity makes an expert see a token twice.
static Count roomPermille(const Job &job, const LayerShape &layer) {
  Count stated = job.workload.capacityPermille;
  if (!stated)
    return 1000;
  Count allTokens = layer.experts * 1000 / layer.topK;
  return allTokens ? min(stated, allTokens) : stated;
}

Count mlir::moe::cost::exchangedRows(const Job &job, const LayerShape &layer) {
  return job.shardedTokens() * layer.topK * roomPermille(job, layer) /
         (Count(job.degrees.ep) * 1000);
}

Count mlir::moe::cost::expertRows(const Job &job, const LayerShape &layer) {
  return exchangedRows(job, layer) * job.degrees.ep * job.degrees.etp;
}

Count mlir::moe::cost::keyValueWidth(const Job &job, const LayerShape &layer) {
  if (layer.latentAttention)
    return layer.kvLoraRank + layer.qkRopeDim;
  return Count(2) * (layer.kvHeads / job.degrees.tp) * layer.headDim;
}
