//===- FixTrial.h - Fixes that are known to work ----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_FIXTRIAL_H
#define MOE_LIB_CHECK_FIXTRIAL_H

#include "moe/Check/CheckPlan.h"
#include "moe/IR/MoE.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mlir::moe {

/// Keeps of every finding the first fixes, two at most, that remove it from a
/// copy of the plan and add no error that would keep the plan from being built;
/// of memory, no error at all. Where none does, `withoutFix` becomes a note.
/// `check` applies the rules to a plan.
void keepWorkingFixes(PlanOp plan, FindingList &findings,
                      llvm::function_ref<FindingList(PlanOp)> check);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_FIXTRIAL_H
