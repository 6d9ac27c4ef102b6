//===- Report.cpp - What `moec check` says about a plan -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/Report.h"

#include "Metrics.h"
#include "Rules.h"
#include "moe/Check/CheckPlan.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::moe;

llvm::StringRef moe::nameOf(Verdict verdict) {
  static constexpr StringRef names[] = {"pass", "partial", "fail"};
  return names[static_cast<unsigned>(verdict)];
}

unsigned Report::countCauses(Severity severity) const {
  return llvm::count_if(findings.all(), [&](const Finding &finding) {
    return finding.severity == severity && !finding.isConsequence();
  });
}

unsigned Report::countClaims(ClaimVerdict verdict) const {
  return llvm::count_if(claims, [&](const JudgedClaim &claim) {
    return nameOf(claim.judgement.verdict) == nameOf(verdict);
  });
}

/// The verdict that one finding alone would give `section`.
static Verdict verdictOf(const Finding &finding, Section section) {
  if (section == Section::Input && !finding.missing.empty())
    return Verdict::Partial;
  if (llvm::any_of(finding.missing, [&](const MissingInput &missing) {
        return missing.affects == nameOf(section);
      }))
    return Verdict::Partial;
  if (findRule(finding.rule)->section != section)
    return Verdict::Pass;
  switch (finding.severity) {
  case Severity::Error:
    return Verdict::Fail;
  case Severity::Warning:
    return Verdict::Partial;
  case Severity::Note:
    return Verdict::Pass;
  }
  llvm_unreachable("unknown severity");
}

/// Memory needs figures of the model and the workload, and the size that it is
/// held against; times need all but that size.
static std::vector<std::string> missingFor(Section section,
                                           ArrayRef<MissingFigure> missing) {
  std::vector<std::string> names;
  for (const MissingFigure &figure : missing) {
    bool size = figure.name == "cluster.gpu_memory";
    bool needed = section == Section::Memory
                      ? size || !isNeededForTimeAlone(figure)
                      : !size && (section == Section::Compute ||
                                  section == Section::Communication);
    if (needed)
      names.push_back(figure.name);
  }
  return names;
}

std::string SectionVerdict::describeUnchecked() const {
  if (!obstacle.empty())
    return "not checked: " + obstacle;
  constexpr size_t most = 3;
  std::string text;
  for (const std::string &name : ArrayRef(missing).take_front(most))
    text += (text.empty() ? "without " : ", ") + name;
  if (missing.size() > most)
    text += " and " + std::to_string(missing.size() - most) + " more";
  return text;
}

/// Whether rules of the section read an estimate.
static bool needsEstimate(Section section) {
  return section == Section::Memory || section == Section::Compute ||
         section == Section::Communication;
}

static std::vector<SectionVerdict> judgeSections(const Report &report,
                                                 const PlanCost &cost) {
  std::vector<SectionVerdict> sections;
  for (const Rule *rule : ruleCatalogue()) {
    if (!sections.empty() && sections.back().section == rule->section)
      continue;
    Verdict verdict = Verdict::Pass;
    if (rule->section == Section::Claims &&
        report.countClaims(ClaimVerdict::Unverifiable) > 0)
      verdict = Verdict::Partial;
    for (const Finding &finding : report.findings.all())
      verdict = std::max(verdict, verdictOf(finding, rule->section));
    std::vector<std::string> names = missingFor(rule->section, cost.missing());
    std::string obstacle = needsEstimate(rule->section) ? cost.obstacle() : "";
    if (!names.empty() || !obstacle.empty())
      verdict = std::max(verdict, Verdict::Partial);
    sections.push_back(
        {rule->section, verdict, std::move(names), std::move(obstacle)});
  }
  return sections;
}

Report moe::makeReport(PlanOp plan, PlanOp baselinePlan) {
  Report report;
  report.plan = plan.getSymName().str();
  report.findings = checkPlan(plan, baselinePlan);
  RuleInput input(plan, baselinePlan, /*trial=*/false);
  for (auto [claim, judgement] :
       llvm::zip_equal(input.statements.claims, input.judgements))
    report.claims.push_back({claim, judgement});
  report.metrics = deriveMetrics(input.model, input.cost);
  report.sections = judgeSections(report, input.cost);
  for (const SectionVerdict &section : report.sections)
    report.verdict = std::max(report.verdict, section.verdict);
  return report;
}

std::string Place::str() const {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::optional<Place> moe::findPlace(Location where) {
  auto found = where->findInstanceOf<FileLineColLoc>();
  if (!found)
    return std::nullopt;
  return Place{found.getFilename().getValue().str(), found.getLine(),
               found.getColumn()};
}

std::string moe::describe(const Fix &fix) {
  std::string text;
  for (const KeyChange &change : fix.changes()) {
    text += text.empty() ? "" : " and ";
    text += change.value == "null"
                ? "remove " + quoted(change.key)
                : "set " + quoted(change.key) + " to " + change.value;
  }
  return text + ": " + fix.why;
}

std::string moe::missingAsJson(ArrayRef<MissingInput> missing) {
  llvm::SetVector<StringRef> sections;
  for (const MissingInput &input : missing)
    sections.insert(input.section);
  std::string text;
  llvm::raw_string_ostream os(text);
  for (StringRef section : sections) {
    os << (text.empty() ? "" : ",\n") << "\"" << section << "\": {\n";
    StringRef separator = "";
    std::string comment;
    for (const MissingInput &input : missing) {
      if (input.section != section)
        continue;
      os << separator << comment << "  \"" << input.key << "\": null";
      separator = ",";
      comment = "  // " + input.neededFor + "\n";
    }
    os << comment << "}";
  }
  return text;
}
