//===- StageMemory.h - Bytes on the ranks of one stage -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_STAGEMEMORY_H
#define MOE_LIB_COST_STAGEMEMORY_H

#include "moe/Cost/Estimate.h"

namespace mlir::moe::cost {

StageMemory memoryOf(const Job &job, const Calibration &calibration,
                     const StageWork &work, int64_t stage);
/// DualPipe: what the ranks of two mirrored stages hold, which hold both.
/// Parameters and activations add up (DeepSeek-V3, table 2: twice the
/// parameters, PP + 1 activations).
StageMemory holdBoth(const StageMemory &a, const StageMemory &b);
/// Forward passes of chunks that wait for their backward pass, on a stage of
/// the 1F1B or the interleaved schedule (Narayanan et al., Efficient
/// Large-Scale Language Model Training on GPU Clusters, SC 2021, section 2.2).
/// ZB-H1 keeps as many as 1F1B. Under DualPipe they are those of one direction:
/// stage i of a rank has PP - i and its mirror image i + 1.
Count chunksInFlight(const Job &job, int64_t stage);
/// Of them, those of one chunk: warming up, a stage runs each chunk for `pp`
/// micro-batches in turn.
Count chunkInFlight(const Job &job, int64_t stage, int64_t chunk);

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_STAGEMEMORY_H
