//===- ReportComparison.cpp - What changed between two plans --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/ReportComparison.h"

#include "PlanComparison.h"
#include "TargetConflicts.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <map>

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Findings of a plan by rule and subject. One rule may be broken several times
/// for one thing.
class KnownFindings {
public:
  explicit KnownFindings(const FindingList &findings) {
    for (const Finding &finding : findings.all())
      if (finding.severity != Severity::Note)
        known[{finding.rule, finding.subject}].push_back(&finding);
  }
  /// Whether one like it is left; it is taken.
  bool take(const Finding &finding) {
    std::vector<const Finding *> &same = known[{finding.rule, finding.subject}];
    if (same.empty())
      return false;
    same.erase(same.begin());
    return true;
  }
  bool isLeft(const Finding &finding) const {
    auto same = known.find({finding.rule, finding.subject});
    return same != known.end() && llvm::is_contained(same->second, &finding);
  }

private:
  std::map<std::pair<StringRef, StringRef>, std::vector<const Finding *>> known;
};
} // namespace

static const JudgedClaim *findClaim(const Report &report, StringRef id) {
  for (const JudgedClaim &claim : report.claims)
    if (claim.claim.id == id)
      return &claim;
  return nullptr;
}

/// What the first plan says and the second does not, of the figures without
/// which the section of a finding cannot be judged: "cluster.gpu_memory".
static SmallVector<StringRef>
droppedFigures(Section section, const Report &before, const Report &after) {
  auto missing = [&](const Report &report) -> ArrayRef<std::string> {
    for (const SectionVerdict &verdict : report.sections)
      if (verdict.section == section)
        return verdict.missing;
    return {};
  };
  SmallVector<StringRef> dropped;
  for (StringRef name : missing(after))
    if (!llvm::is_contained(missing(before), name))
      dropped.push_back(name);
  return dropped;
}

/// Why nobody can tell whether a finding of the first plan is fixed in the
/// second; empty if it is.
static std::string whyUntold(const Finding &finding, const Report &before,
                             const Report &after) {
  Section section = findRule(finding.rule)->section;
  bool ofClaim = section == Section::Claims || section == Section::Compute ||
                 section == Section::Communication;
  if (ofClaim && findClaim(before, finding.subject)) {
    const JudgedClaim *claim = findClaim(after, finding.subject);
    if (!claim)
      return after.plan + " does not make the claim";
    if (claim->judgement.verdict == ClaimVerdict::Unverifiable)
      return after.plan + " does not give " +
             llvm::join(claim->judgement.missing, ", ");
  }
  SmallVector<StringRef> dropped = droppedFigures(section, before, after);
  return dropped.empty()
             ? ""
             : after.plan + " does not give " + llvm::join(dropped, ", ");
}

ReportComparison moe::compareReports(const Report &before, PlanOp beforePlan,
                                     const Report &after, PlanOp afterPlan) {
  KnownFindings old(before.findings);
  ReportComparison result;
  for (const Finding &finding : after.findings.all())
    if (finding.severity != Severity::Note)
      (old.take(finding) ? result.open : result.added).push_back(&finding);
  for (const Finding &finding : before.findings.all()) {
    if (!old.isLeft(finding))
      continue;
    std::string why = whyUntold(finding, before, after);
    if (why.empty())
      result.fixed.push_back(&finding);
    else
      result.untold.push_back({&finding, std::move(why)});
  }
  PlanDifferences differences =
      comparePlans(PlanModel(beforePlan), PlanModel(afterPlan));
  result.modelDifferences = std::move(differences.model);
  result.workloadDifferences = std::move(differences.workload);
  result.targetConflicts =
      conflictsOf({before.plan, beforePlan}, {after.plan, afterPlan});
  return result;
}

std::string ReportComparison::outcome() const {
  if (!modelDifferences.empty())
    return "no improvement can be told, the plans are of two models: " +
           llvm::join(modelDifferences, ", ");
  if (!workloadDifferences.empty())
    return "no improvement can be told, the plans do different work: " +
           llvm::join(workloadDifferences, ", ");
  if (added.empty() && !untold.empty())
    return "no improvement can be told: " + untold.front().why;
  if (added.empty())
    return fixed.empty() ? "no finding changed" : "better: nothing is new";
  return fixed.empty() ? "worse: nothing is fixed"
                       : "some findings are fixed, others are new";
}

static void printItem(const Finding &finding, StringRef why,
                      llvm::raw_ostream &os) {
  os << "- " << nameOf(finding.severity) << ": " << finding.message << " ["
     << finding.rule << "]" << (why.empty() ? "" : ": ") << why << "\n";
}

static void printList(StringRef title, ArrayRef<const Finding *> findings,
                      llvm::raw_ostream &os) {
  os << "\n" << title << ": " << findings.size() << "\n";
  for (const Finding *finding : findings)
    printItem(*finding, "", os);
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
  if (!comparison.untold.empty())
    os << "\ncannot be told: " << comparison.untold.size() << "\n";
  for (const UntoldFinding &untold : comparison.untold)
    printItem(*untold.finding, untold.why, os);
  printList("new", comparison.added, os);
  printList("still open", comparison.open, os);
}
