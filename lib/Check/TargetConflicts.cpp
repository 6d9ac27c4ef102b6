//===- TargetConflicts.cpp - Plans that want different things
//----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TargetConflicts.h"

#include "ClaimedFigures.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// What a condition admits, in SI units; open ends have no bound.
struct Admitted {
  std::optional<Rational> least, most;
  Measure measure;
};
} // namespace

static Admitted admittedBy(const Bound &bound) {
  Admitted result;
  result.measure = Measure::of(bound.dimension());
  std::optional<Rational> limit = Rational::of(bound.limit);
  bool upper = bound.comparison == Comparison::Less ||
               bound.comparison == Comparison::LessEqual;
  if (!upper)
    result.least = limit;
  if (upper || bound.comparison == Comparison::Equal)
    result.most = limit;
  if (bound.upper)
    result.most = Rational::of(*bound.upper);
  return result;
}

static Admitted admittedBy(const ClaimedFigure &figure) {
  Admitted result;
  result.measure = figure.value.measure;
  if (!figure.isUpperLimit())
    result.least = figure.value.low;
  if (!figure.isLowerLimit())
    result.most = figure.value.high;
  return result;
}

static bool excludes(const Admitted &a, const Admitted &b) {
  if (!(a.measure == b.measure))
    return false;
  auto below = [](const std::optional<Rational> &most,
                  const std::optional<Rational> &least) {
    return most && least && most->compare(*least) < 0;
  };
  return below(a.most, b.least) || below(b.most, a.least);
}

/// Claims of `other` that miss a target of `plan`.
static void compareWithClaims(const PlanAims &plan, const PlanAims &other,
                              std::vector<std::string> &conflicts) {
  ClaimedFigures claimed(other.statements.claims);
  for (const StatedBound &target : plan.statements.targets)
    for (const ClaimedFigure &figure : claimed.all())
      if (figure.metric == target.name &&
          excludes(admittedBy(target.bound), admittedBy(figure)))
        conflicts.push_back("the " + target.name + " of " + plan.name +
                            " shall be " + target.bound.str() + ", " +
                            other.name + " claims " + figure.str());
}

std::vector<std::string> moe::conflictsOf(const PlanAims &before,
                                          const PlanAims &after) {
  std::vector<std::string> conflicts;
  for (const StatedBound &target : before.statements.targets) {
    const StatedBound *other = after.statements.target(target.name);
    if (other && excludes(admittedBy(target.bound), admittedBy(other->bound)))
      conflicts.push_back("no " + target.name + " is both " +
                          target.bound.str() + " (" + before.name + ") and " +
                          other->bound.str() + " (" + after.name + ")");
  }
  compareWithClaims(before, after, conflicts);
  compareWithClaims(after, before, conflicts);
  return conflicts;
}
