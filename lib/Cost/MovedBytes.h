//===- MovedBytes.h - Traffic of one block beside its products --*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_MOVEDBYTES_H
#define MOE_LIB_COST_MOVEDBYTES_H

#include "moe/Cost/BlockWork.h"

namespace mlir::moe::cost {

// Fill in what a block reads and writes between its matrix multiplications,
// what it computes again in the backward pass, and the kernels the host
// launches. Weights and FLOPs of `work` are set. Counts of passes over a tensor
// follow the kernels of Megatron-Core and Transformer Engine: a norm reads and
// writes its row, a residual sum reads two and writes one, a fused SwiGLU reads
// gate and value and writes their product.

void moveAttention(BlockWork &work, const Job &job, const LayerShape &layer);
void moveFeedForward(BlockWork &work, const Job &job, Count width);
void moveSharedExperts(BlockWork &work, const Job &job, Count width);
void moveRouter(BlockWork &work, const Job &job, const LayerShape &layer);
void moveExperts(BlockWork &work, const Job &job, const LayerShape &layer,
                 Count rows);
void moveOutput(BlockWork &work, const Job &job);
/// A block of products alone.
void moveProjection(BlockWork &work, const Job &job);

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_MOVEDBYTES_H
