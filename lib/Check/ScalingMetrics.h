//===- ScalingMetrics.h - Throughput against GPUs ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_SCALINGMETRICS_H
#define MOE_LIB_CHECK_SCALINGMETRICS_H

#include "moe/Analysis/PlanModel.h"
#include "moe/Claims/Claims.h"

namespace mlir::moe {

/// Sequences of a training step, or requests in flight when serving, over all
/// replicas.
std::optional<int64_t> wholeBatch(const PlanModel &plan);

/// One of the two plans that scaling is measured between.
struct ScaledPlan {
  const PlanModel &plan;
  MetricAnswer throughput;
};

/// What `strong_scaling` and `weak_scaling` miss when there is no second size.
constexpr llvm::StringLiteral secondSize = "a baseline of another size";

/// "strong_scaling" or "weak_scaling": times the throughput over times the
/// ranks. The batch is the same in both plans, or grows with the ranks.
MetricAnswer scalingEfficiency(llvm::StringRef name, const ScaledPlan &before,
                               const ScaledPlan &after);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_SCALINGMETRICS_H
