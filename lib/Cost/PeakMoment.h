//===- PeakMoment.h - When a stage holds most -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Beside what is kept for backward passes, a stage holds short-lived tensors.
// Which are alive together depends on the moment of the step; the peak is the
// largest of the moments below.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_PEAKMOMENT_H
#define MOE_LIB_COST_PEAKMOMENT_H

#include "moe/Cost/StageWork.h"

namespace mlir::moe::cost {

/// Bytes beyond everything that is kept, at the moment that needs most.
/// Training:
/// - one layer runs backward, or exchanges its tokens;
/// - the loss: logits and their fp32 copy, of the head and of each prediction
///   layer (cross_entropy.py of Megatron-Core works on the copy in place);
/// - the gradient of the output head: Megatron-Core makes an empty one after
///   it has added the true one to the buffer (tensor_parallel/layers.py);
/// - the gradient of the embedding, when the first chunk of the model ends its
///   backward pass and has freed what it kept.
/// Fully shared states add the gathered weights of two layers and one layer's
/// whole gradients. Serving: one layer, or the logits.
Count largestMoment(const Job &job, const StageWork &work, int64_t stage);

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_PEAKMOMENT_H
