//===- BlockWork.h - What one block asks of one rank ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Closed forms for the blocks of a transformer layer, per rank and forward pass
// of one micro-batch. Sources: parameter counts and FLOP convention of
// Megatron-LM (megatron/training/theoretical_memory_usage.py, and
// num_floating_point_operations in megatron/training/training.py): 2 FLOP per
// multiply-add, core attention counted causal, i.e. half, the router ignored.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_BLOCKWORK_H
#define MOE_COST_BLOCKWORK_H

#include "moe/Cost/Job.h"
#include "moe/Cost/Work.h"

namespace mlir::moe::cost {

BlockWork embeddingWork(const Job &job);
/// Tokens the output head sees: all of them, in prefill the last one of each
/// sequence.
Count outputRows(const Job &job);
/// The output head, the norm before it and the loss behind it.
BlockWork outputWork(const Job &job);
BlockWork keyValueWork(const Job &job, const LayerShape &layer);
/// What is computed before and behind attention where ranks exchange heads.
BlockWork queryKeyValueWork(const Job &job, const LayerShape &layer);
BlockWork attentionOutputWork(const Job &job, const LayerShape &layer);
/// Attention with its norm; with cp > 1 without its key and value projections,
/// and without all of its projections where ranks exchange heads.
BlockWork attentionWork(const Job &job, const LayerShape &layer);
/// A dense feed-forward block with its norm.
BlockWork feedForwardWork(const Job &job, const LayerShape &layer);
/// Feed-forward of the shared experts; the norm is the router's.
BlockWork sharedExpertsWork(const Job &job, const LayerShape &layer);
/// The norm before the experts, the router, and the permutation of tokens.
BlockWork routerWork(const Job &job, const LayerShape &layer);
/// The routed experts of one rank over `expertRows` rows.
BlockWork expertsWork(const Job &job, const LayerShape &layer);
/// DeepSeek-V3 technical report, section 2.2.
BlockWork mtpWork(const Job &job);

/// Rows that one rank sends to each rank of the expert-parallel group, rounded
/// up: tokens x top-k x capacity / ranks.
Count exchangedRows(const Job &job, const LayerShape &layer);
/// Rows the experts of one rank see: of all ranks of the group, those of the
/// expert-tensor-parallel ranks included.
Count expertRows(const Job &job, const LayerShape &layer);
/// FLOP of attention scores and their weighted sums, half of the keys.
Count causalCoreFlops(const Job &job, const LayerShape &layer);
/// FLOP of attention scores and their weighted sums of the whole model for one
/// token and layer: half of the keys in training and prefill, all of them in
/// decode. By Megatron's convention also there: with the heads of latent
/// attention, not with the latents that kernels may multiply with instead.
Count coreFlopsPerToken(const Job &job, const LayerShape &layer);
/// Parameters of attention on one rank, in however many blocks.
Count attentionWeights(const Job &job, const LayerShape &layer);
/// Elements per token of queries, keys and values of all heads of a rank; below
/// one key-value head a rank, heads are replicated.
Count queryKeyValueWidth(const Job &job, const LayerShape &layer);
/// Elements per token of the results of attention on one rank.
Count attentionResultWidth(const Job &job, const LayerShape &layer);
/// Keys a query of decode sees on one rank, on the mean over layers with and
/// without a window.
Count cachedKeys(const Job &job, const LayerShape &layer);
/// Elements per token that context-parallel ranks exchange in a ring.
Count keyValueWidth(const Job &job, const LayerShape &layer);

} // namespace mlir::moe::cost

#endif // MOE_COST_BLOCKWORK_H
