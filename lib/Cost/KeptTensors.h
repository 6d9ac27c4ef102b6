//===- KeptTensors.h - What waits for the backward pass ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bytes that one rank keeps of one micro-batch, block by block, as
// Megatron-Core with TransformerEngine saves them for autograd. Read in
// Megatron-Core 0.16 (transformer_layer.py, multi_latent_attention.py,
// moe/experts.py, moe/token_dispatcher.py, mlp.py) and TransformerEngine 2.11;
// the tensors of a latent-attention layer are also listed by
// Megatron-MoE-ModelZoo, misc/tools/deepseek_mem_estimate.py.
//
// A matrix multiplication in 8 bits or less keeps the quantised copy of its
// operand; everything else stays in the activation format.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_KEPTTENSORS_H
#define MOE_LIB_COST_KEPTTENSORS_H

#include "moe/Cost/Job.h"

namespace mlir::moe::cost {

/// Input of the layer, result of its norm, and the tensors of attention.
Count keptByAttention(const Job &job, const LayerShape &layer,
                      RecomputeSet recompute);
/// Residual before a feed-forward block or the experts, and the norm's result.
Count keptByNorm(const Job &job, RecomputeSet recompute);
/// First product and activation of `width` neurons, dense or shared.
Count keptByNeurons(const Job &job, Count width);
/// Logits, probabilities and maps of the router over `rows` expert rows.
Count keptByRouting(const Job &job, const LayerShape &layer, Count rows,
                    RecomputeSet recompute);
/// Dispatched rows, first product and activation.
Count keptByExperts(const Job &job, const LayerShape &layer, Count rows,
                    RecomputeSet recompute);
/// All blocks of a layer, on the busiest rank of the worst one of its run.
Count keptByLayer(const Job &job, const LayerShape &layer,
                  RecomputeSet recompute);

/// Most bytes beyond what is kept while one layer runs backward, or while it
/// exchanges tokens in the last forward pass before that.
Count feedForwardTransient(const Job &job, Count width);
Count expertsTransient(const Job &job, const LayerShape &layer, Count rows);

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_KEPTTENSORS_H
