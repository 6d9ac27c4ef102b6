//===- Metrics.h - Figures that follow from a plan --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_METRICS_H
#define MOE_LIB_CHECK_METRICS_H

#include "PlanCost.h"
#include "moe/Check/Report.h"

namespace mlir::moe {

/// What a report shows of any plan: group counts, experts and layers on a rank,
/// micro-batches. What is not known is left out.
std::vector<Metric> deriveMetrics(const PlanModel &plan, const PlanCost &cost);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_METRICS_H
