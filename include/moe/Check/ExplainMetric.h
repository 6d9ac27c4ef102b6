//===- ExplainMetric.h - Where a figure of a plan comes from ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CHECK_EXPLAINMETRIC_H
#define MOE_CHECK_EXPLAINMETRIC_H

#include "moe/IR/MoE.h"

namespace mlir::moe {

/// Prints value, formula and inputs of the metric, one of `metricNames()`; an
/// input with where it comes from and where it stands. Without a value: which
/// figures are missing. Returns whether there is a value.
bool explainMetric(PlanOp plan, llvm::StringRef metric, llvm::raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_CHECK_EXPLAINMETRIC_H
