//===- Work.h - Figures of one block ----------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a block asks of one rank, in one forward pass of one micro-batch. The
// dialect carries it as `#moe.work`; moe/Cost/BlockWork.h computes it.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_WORK_H
#define MOE_COST_WORK_H

#include "moe/Cost/Count.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace mlir::moe::cost {

enum class BlockKind : uint8_t {
  Embedding,
  KeyValue,      ///< key and value projections alone, where cp exchanges them
  QueryKeyValue, ///< all projections before attention, where cp exchanges heads
  Attention,
  AttentionOutput, ///< the output projection alone, where cp exchanges heads
  FeedForward,
  SharedExperts,
  Router,
  Experts,
  MultiTokenPrediction, ///< projection and norms, without its layer
  Output
};

struct BlockWork {
  Count weights;   ///< parameters this rank holds
  Count gemmFlops; ///< of matrix multiplications with weights
  Count coreFlops; ///< of attention scores and their weighted sums
  /// Rows of one matrix multiplication, and its narrow dimension; experts run
  /// one per slot.
  Count rows, width;
  Count scores;         ///< of attention: pairs of a query and a key
  Count movedBytes;     ///< HBM traffic beside the matrix multiplications
  Count backwardBytes;  ///< the same of the backward pass
  Count cacheBytes;     ///< of keys and values that decode reads
  Count launches;       ///< kernels the host launches in a forward pass
  Count keptBytes;      ///< kept for the backward pass
  Count transientBytes; ///< more while its backward pass runs
  /// Computed again by the backward pass.
  Count redoneGemmFlops, redoneCoreFlops, redoneMovedBytes;

  Count flops() const { return gemmFlops + coreFlops; }
};
bool operator==(const BlockWork &a, const BlockWork &b);

/// One figure of a block, under its name in the sharded level.
struct BlockField {
  llvm::StringLiteral name;
  Count BlockWork::*count;
};
/// All of them, in the order of the struct.
llvm::ArrayRef<BlockField> blockFields();

} // namespace mlir::moe::cost

#endif // MOE_COST_WORK_H
