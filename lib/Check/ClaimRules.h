//===- ClaimRules.h - The numbers a plan claims -----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_CLAIMRULES_H
#define MOE_LIB_CHECK_CLAIMRULES_H

#include "PlanCost.h"
#include "moe/Analysis/PlanModel.h"
#include "moe/Analysis/PlanStatements.h"
#include "moe/Claims/Claims.h"

namespace mlir::moe {

/// A plan that another one is compared with.
struct Baseline {
  PlanModel model;
  PlanStatements statements;
  PlanDecisions decisions;
  PlanCost cost;

  explicit Baseline(PlanOp plan)
      : model(plan), statements(plan), decisions(plan), cost(model, decisions) {
  }
  Baseline(const Baseline &) = delete;
};

/// One judgement for each claim, by the figures of the plan and of its
/// baseline, which may be null.
std::vector<Judgement> judgeStatedClaims(const PlanModel &plan,
                                         const PlanCost &cost,
                                         const Baseline *baseline,
                                         llvm::ArrayRef<StatedClaim> claims);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_CLAIMRULES_H
