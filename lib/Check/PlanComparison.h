//===- PlanComparison.h - What two plans do not share -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_PLANCOMPARISON_H
#define MOE_LIB_CHECK_PLANCOMPARISON_H

#include "moe/Analysis/PlanModel.h"

namespace mlir::moe {

/// Figures that both plans give and that differ: "hidden_size 1024 -> 4096".
struct PlanDifferences {
  std::vector<std::string> model;    ///< of the model, layer by layer
  std::vector<std::string> workload; ///< mode, number format, batch, sequences
};

/// Compares what both plans say. How the work is split, micro-batches,
/// recomputation and the optimizer are choices of a plan and no differences.
PlanDifferences comparePlans(const PlanModel &before, const PlanModel &after);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_PLANCOMPARISON_H
