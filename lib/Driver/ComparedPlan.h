//===- ComparedPlan.h - A plan and its baseline ----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_COMPAREDPLAN_H
#define MOE_LIB_DRIVER_COMPAREDPLAN_H

#include "LoadPlan.h"
#include <optional>

namespace mlir::moe {

/// A plan and the one it names as its baseline.
struct ComparedPlan {
  LoadedPlan loaded;
  std::optional<LoadedPlan> baseline;

  PlanOp baselinePlan() const { return baseline ? baseline->plan : PlanOp(); }
};

/// The plan of a file with the baseline it names, relative to itself. What
/// cannot be read is explained on `err` and sets `unreadable`; a plan without
/// its baseline is there.
std::optional<ComparedPlan> loadWithBaseline(StringRef file,
                                             MLIRContext *context,
                                             bool &unreadable,
                                             llvm::raw_ostream &err);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_COMPAREDPLAN_H
