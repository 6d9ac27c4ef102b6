//===- TargetConflicts.cpp - Plans that want different things -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TargetConflicts.h"

#include "AdmittedValues.h"

using namespace mlir;
using namespace mlir::moe;

std::vector<MissedTarget> moe::missedTargets(ArrayRef<StatedBound> targets,
                                             const ClaimedFigures &claimed) {
  std::vector<MissedTarget> missed;
  for (const StatedBound &target : targets)
    for (const ClaimedFigure &figure : claimed.all())
      if (figure.metric == target.name &&
          AdmittedValues::of(target.bound).excludes(AdmittedValues::of(figure)))
        missed.push_back({&target, figure});
  return missed;
}

/// Claims of `other` that miss a target of `plan`.
static void compareWithClaims(const PlanAims &plan, const PlanAims &other,
                              std::vector<std::string> &conflicts) {
  ClaimedFigures claimed(other.statements.claims);
  for (const auto &[target, figure] :
       missedTargets(plan.statements.targets, claimed))
    conflicts.push_back("the " + target->name + " of " + plan.name +
                        " shall be " + target->bound.str() + ", " + other.name +
                        " claims " + figure.str());
}

std::vector<std::string> moe::conflictsOf(const PlanAims &before,
                                          const PlanAims &after) {
  std::vector<std::string> conflicts;
  for (const StatedBound &target : before.statements.targets) {
    const StatedBound *other = after.statements.target(target.name);
    if (other && AdmittedValues::of(target.bound)
                     .excludes(AdmittedValues::of(other->bound)))
      conflicts.push_back("no " + target.name + " is both " +
                          target.bound.str() + " (" + before.name + ") and " +
                          other->bound.str() + " (" + after.name + ")");
  }
  compareWithClaims(before, after, conflicts);
  compareWithClaims(after, before, conflicts);
  return conflicts;
}
