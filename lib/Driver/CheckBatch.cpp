//===- CheckBatch.cpp - Verdicts on many plans ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckBatch.h"

#include "ComparedPlan.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include <array>
#include <set>

using namespace mlir;
using namespace mlir::moe;

bool moe::hasFailed(Verdict verdict, bool strict) {
  return verdict > (strict ? Verdict::Pass : Verdict::Partial);
}

/// Rules that are broken, errors and warnings, each once in the order of the
/// report.
static std::vector<StringRef> brokenRules(const Report &report) {
  std::vector<StringRef> rules;
  std::set<StringRef> seen;
  for (const Finding &finding : report.findings.all())
    if (finding.severity != Severity::Note && seen.insert(finding.rule).second)
      rules.push_back(finding.rule);
  return rules;
}

/// Figures without which a section passes in part only, each once.
static std::set<StringRef> missingFigures(const Report &report) {
  std::set<StringRef> figures;
  for (const SectionVerdict &section : report.sections)
    figures.insert(section.missing.begin(), section.missing.end());
  return figures;
}

static void printLine(StringRef file, const Report &report,
                      llvm::raw_ostream &out) {
  std::string verdict = StringRef(nameOf(report.verdict)).upper();
  out << llvm::left_justify(verdict, 11) << file << ": "
      << counted(report.countCauses(Severity::Error), "error") << ", "
      << counted(report.countCauses(Severity::Warning), "warning");
  if (unsigned claims = report.countClaims(ClaimVerdict::Unverifiable))
    out << ", " << counted(claims, "claim") << " unverifiable";
  if (size_t figures = missingFigures(report).size())
    out << ", " << counted(static_cast<int64_t>(figures), "figure")
        << " not stated";
  std::vector<StringRef> rules = brokenRules(report);
  out << (rules.empty() ? "" : " [" + llvm::join(rules, ", ") + "]") << "\n";
}

static void printObject(StringRef file, const Report *report,
                        llvm::raw_ostream &out) {
  llvm::json::OStream json(out);
  json.object([&] {
    json.attribute("file", llvm::json::fixUTF8(file));
    if (!report) {
      json.attribute("verdict", "unreadable");
      return;
    }
    json.attribute("verdict", nameOf(report->verdict));
    json.attribute("plan", llvm::json::fixUTF8(report->plan));
    json.attribute("errors", int64_t(report->countCauses(Severity::Error)));
    json.attribute("warnings", int64_t(report->countCauses(Severity::Warning)));
    json.attribute("claims_true",
                   int64_t(report->countClaims(ClaimVerdict::True) +
                           report->countClaims(ClaimVerdict::Truncated)));
    json.attribute("claims_false",
                   int64_t(report->countClaims(ClaimVerdict::False)));
    json.attribute("claims_unverifiable",
                   int64_t(report->countClaims(ClaimVerdict::Unverifiable)));
    json.attributeArray("missing", [&] {
      for (StringRef figure : missingFigures(*report))
        json.value(figure);
    });
    json.attributeArray("rules", [&] {
      for (StringRef rule : brokenRules(*report))
        json.value(rule);
    });
  });
  json.flush();
  out << "\n";
}

namespace {
/// What a batch came to.
struct BatchCounts {
  std::array<int64_t, 3> verdicts = {}; ///< by Verdict
  int64_t unreadable = 0;
  bool failed = false;
};
} // namespace

static void checkOne(StringRef file, MLIRContext *context,
                     const BatchOptions &options, BatchCounts &counts,
                     llvm::raw_ostream &out, llvm::raw_ostream &err) {
  bool unreadable = false;
  auto plan = loadWithBaseline(file, context, unreadable, err);
  if (!plan || unreadable) {
    ++counts.unreadable;
    if (options.json)
      printObject(file, nullptr, out);
    else
      out << "UNREADABLE " << file << "\n";
    return;
  }
  Report report = makeReport(plan->loaded.plan, plan->baselinePlan());
  ++counts.verdicts[static_cast<size_t>(report.verdict)];
  counts.failed |= hasFailed(report.verdict, options.strict);
  if (options.json)
    printObject(file, &report, out);
  else
    printLine(file, report, out);
}

int moe::checkBatch(ArrayRef<std::string> files, const BatchOptions &options,
                    llvm::raw_ostream &out, llvm::raw_ostream &err) {
  // A context keeps every attribute it has seen.
  constexpr size_t plansOfContext = 128;
  BatchCounts counts;
  std::unique_ptr<MLIRContext> context;
  for (size_t i = 0; i < files.size(); ++i) {
    if (i % plansOfContext == 0)
      context = makePlanContext();
    checkOne(files[i], context.get(), options, counts, out, err);
  }
  if (!options.json)
    out << counted(static_cast<int64_t>(files.size()), "plan") << ": "
        << counts.verdicts[0] << " pass, " << counts.verdicts[1] << " partial, "
        << counts.verdicts[2] << " fail, " << counts.unreadable
        << " unreadable\n";
  return counts.unreadable ? 2 : counts.failed;
}
