//===- EstimateTrace.h - A step as a timeline -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_ESTIMATETRACE_H
#define MOE_LIB_DRIVER_ESTIMATETRACE_H

#include "EstimatePlan.h"

namespace mlir::moe {

/// Simulates the step and writes it to `path` in the Trace Event Format that
/// Chrome and Perfetto read: a process for each stage, with a thread for
/// computation and one for communication. Of long steps the first and the last
/// micro-batches are drawn. What was written goes to `err`. Returns the exit
/// status: 0, 1 where the step has no schedule or too many passes, 2 where the
/// file cannot be written; then there is none.
int writeTrace(const PlanEstimate &estimate, StringRef path, raw_ostream &err);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_ESTIMATETRACE_H
