//===- KeptBytes.h - Tensors that wait for the backward pass -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_KEPTBYTES_H
#define MOE_LIB_COST_KEPTBYTES_H

#include "moe/Cost/BlockWork.h"

namespace mlir::moe::cost {

// Each fills in the bytes a block moves, keeps, needs while its backward pass
// runs, and what that pass computes again.

void keepAttention(BlockWork &work, const Job &job, const LayerShape &layer);
void keepFeedForward(BlockWork &work, const Job &job, Count width,
                     bool recomputed);
void keepRouter(BlockWork &work, const Job &job, const LayerShape &layer);
/// `rows` of the rank that keeps most; `mostRows` of the busiest rank of the
/// worst layer, whose buffers live for one layer alone.
void keepExperts(BlockWork &work, const Job &job, const LayerShape &layer,
                 Count rows, Count mostRows);

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_KEPTBYTES_H
