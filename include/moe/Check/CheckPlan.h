//===- CheckPlan.h - All rules over one plan --------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CHECK_CHECKPLAN_H
#define MOE_CHECK_CHECKPLAN_H

#include "moe/Check/Finding.h"
#include "moe/IR/MoE.h"

namespace mlir::moe {

/// Applies every rule of the catalogue to the plan. Deterministic; never stops
/// at the first finding. `baseline` is the plan it is compared with, or null.
FindingList checkPlan(PlanOp plan, PlanOp baseline = {});

/// The section that a fix of a key in `name` changes, "cluster" for
/// "cluster.nodes"; null when the plan lacks it or no fix changes such a
/// section.
Operation *sectionOfFix(PlanOp plan, llvm::StringRef name);

/// Writes the fix into the plan; false when the plan cannot hold it.
bool applyFix(PlanOp plan, const Fix &fix);

} // namespace mlir::moe

#endif // MOE_CHECK_CHECKPLAN_H
