//===- CollectiveCounts.cpp - Collectives of a forward pass ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CollectiveCounts.h"

using namespace mlir;
using namespace mlir::moe;

int64_t moe::countMoELayers(const ModelFigures &model) {
  int64_t layers = 0;
  for (const LayerRun &run : model.runs)
    layers += run.sparse ? run.size() : 0;
  return layers;
}

int64_t moe::countExchanges(const PlanModel &plan) {
  const Figure &ep = plan.degrees.ep;
  return ep && *ep > 1 ? 2 * countMoELayers(plan.model) : 0;
}

SplitBlocks moe::countSplitBlocks(const PlanModel &plan) {
  bool tp = plan.degrees.tp.value.value_or(1) > 1,
       etp = plan.degrees.etp.value.value_or(1) > 1;
  SplitBlocks blocks;
  for (const LayerRun &run : plan.model.runs) {
    bool splitByTp = tp && (!run.sparse || run.sharedExperts > 0);
    blocks.attention += tp ? run.size() : 0;
    blocks.feedForward += splitByTp || (run.sparse && etp) ? run.size() : 0;
  }
  return blocks;
}
