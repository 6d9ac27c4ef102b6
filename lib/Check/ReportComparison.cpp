//===- ReportComparison.cpp - What changed between two plans
//----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/ReportComparison.h"

#include "PlanComparison.h"
#include "TargetConflicts.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <map>

using namespace mlir;
using namespace mlir::moe;

/// Rule and subject of a finding: the first text in single quotes.
static std::pair<StringRef, StringRef> identityOf(const Finding &finding) {
  StringRef subject = StringRef(finding.message).split('\'').second;
  return {finding.rule, subject.split('\'').first};
}

ReportComparison moe::compareReports(const Report &before, PlanOp beforePlan,
                                     const Report &after, PlanOp afterPlan) {
  // One rule may be broken several times for one thing.
  std::map<std::pair<StringRef, StringRef>, std::vector<const Finding *>> old;
  for (const Finding &finding : before.findings.all())
    if (finding.severity != Severity::Note)
      old[identityOf(finding)].push_back(&finding);
  ReportComparison result;
  for (const Finding &finding : after.findings.all()) {
    if (finding.severity == Severity::Note)
      continue;
    std::vector<const Finding *> &same = old[identityOf(finding)];
    (same.empty() ? result.added : result.open).push_back(&finding);
    if (!same.empty())
      same.erase(same.begin());
  }
  for (const Finding &finding : before.findings.all())
    if (llvm::is_contained(old[identityOf(finding)], &finding))
      result.fixed.push_back(&finding);
  result.modelDifferences =
      compareModels(PlanModel(beforePlan), PlanModel(afterPlan)).model;
  result.targetConflicts =
      conflictsOf({before.plan, beforePlan}, {after.plan, afterPlan});
  return result;
}

static void printList(StringRef title, ArrayRef<const Finding *> findings,
                      llvm::raw_ostream &os) {
  os << "\n" << title << ": " << findings.size() << "\n";
  for (const Finding *finding : findings)
    os << "- " << nameOf(finding->severity) << ": " << finding->message << " ["
       << finding->rule << "]\n";
}

std::string ReportComparison::outcome() const {
  if (!modelDifferences.empty())
    return "no improvement can be told, the plans are of two models: " +
           llvm::join(modelDifferences, ", ");
  if (added.empty())
    return fixed.empty() ? "no finding changed" : "better: nothing is new";
  return fixed.empty() ? "worse: nothing is fixed"
                       : "some findings are fixed, others are new";
}

void moe::printComparison(const Report &before, const Report &after,
                          const ReportComparison &comparison,
                          llvm::raw_ostream &os) {
  os << "\n"
     << before.plan << " -> " << after.plan << ": " << comparison.outcome()
     << "\n";
  if (!comparison.targetConflicts.empty())
    os << "\n";
  for (const std::string &conflict : comparison.targetConflicts)
    os << "- the plans want different things: " << conflict << "\n";
  printList("fixed", comparison.fixed, os);
  printList("new", comparison.added, os);
  printList("still open", comparison.open, os);
}
