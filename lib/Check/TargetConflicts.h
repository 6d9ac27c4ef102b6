//===- TargetConflicts.h - Plans that want different things -----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_TARGETCONFLICTS_H
#define MOE_LIB_CHECK_TARGETCONFLICTS_H

#include "ClaimedFigures.h"

namespace mlir::moe {

/// What a plan is called, what it is monitored against and what it claims.
struct PlanAims {
  std::string name;
  PlanStatements statements;

  PlanAims(std::string name, PlanOp plan)
      : name(std::move(name)), statements(plan) {}
};

/// Targets of the two plans that no value meets, and claims of one plan that
/// miss a target of the other, one sentence each.
std::vector<std::string> conflictsOf(const PlanAims &before,
                                     const PlanAims &after);

/// A claim that misses a target.
struct MissedTarget {
  const StatedBound *target;
  ClaimedFigure figure;
};

/// In the order of the targets. Points into both lists.
std::vector<MissedTarget> missedTargets(llvm::ArrayRef<StatedBound> targets,
                                        const ClaimedFigures &claimed);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_TARGETCONFLICTS_H
