//===- CollectiveCounts.h - Collectives of a forward pass -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_COLLECTIVECOUNTS_H
#define MOE_LIB_CHECK_COLLECTIVECOUNTS_H

#include "moe/Analysis/PlanModel.h"

namespace mlir::moe {

/// Layers with experts.
int64_t countMoELayers(const ModelFigures &model);

/// Takes of tokens to their experts and back: dispatch and combine of each MoE
/// layer where experts are on several ranks.
int64_t countExchanges(const PlanModel &plan);

/// Blocks whose first matrix is split by columns and whose second by rows. Each
/// ends in one sum: an all-reduce, or a reduce-scatter and an all-gather.
struct SplitBlocks {
  int64_t attention = 0, feedForward = 0;
  int64_t all() const { return attention + feedForward; }
};

/// Attention and dense or shared FFN blocks are split by `tp`, experts by
/// `etp`. Degrees that are not known split nothing.
SplitBlocks countSplitBlocks(const PlanModel &plan);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_COLLECTIVECOUNTS_H
