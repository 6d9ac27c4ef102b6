//===- ReportMarkdown.cpp - A report as Markdown --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/Report.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace mlir::moe;

/// Text from a plan, so that it cannot become a table, a link or HTML, nor end
/// its line.
static std::string escapedMarkdown(StringRef text) {
  std::string result;
  for (char c : text) {
    if (c == '\n' || c == '\r') {
      result += ' ';
      continue;
    }
    if (StringRef("\\`*_[]<>|#&").contains(c))
      result += '\\';
    result += c;
  }
  return result;
}

static std::string placeText(Location where) {
  std::optional<Place> place = findPlace(where);
  return place ? " (" + escapedMarkdown(place->str()) + ")" : "";
}

static void printFinding(const Report &report, const Finding &finding,
                         StringRef indent, llvm::raw_ostream &os) {
  os << indent << "- **" << nameOf(finding.severity) << "** `" << finding.rule
     << "` " << escapedMarkdown(finding.message) << placeText(finding.where)
     << "\n";
  if (!finding.expected.empty())
    os << indent << "  - expected " << escapedMarkdown(finding.expected)
       << ", found " << escapedMarkdown(finding.found) << "\n";
  for (const auto &[where, text] : finding.notes)
    os << indent << "  - " << escapedMarkdown(text)
       << (where == finding.where ? "" : placeText(where)) << "\n";
  for (const Fix &fix : finding.fixes) {
    os << indent << "  - fix: ";
    StringRef separator = "";
    for (const KeyChange &change : fix.changes()) {
      os << separator << (change.value == "null" ? "remove `" : "set `")
         << change.key << "`";
      if (change.value != "null")
        os << " to `" << change.value << "`";
      separator = ", ";
    }
    os << ": " << escapedMarkdown(fix.why) << "\n";
  }
  if (!finding.missing.empty()) {
    SmallVector<StringRef> lines;
    std::string text = missingAsJson(finding.missing);
    StringRef(text).split(lines, '\n');
    os << "\n" << indent << "  ```jsonc\n";
    for (StringRef line : lines)
      os << indent << "  " << line << "\n";
    os << indent << "  ```\n";
  }
  for (const Finding *other : report.findings.consequencesOf(finding))
    printFinding(report, *other, (indent + "  ").str(), os);
}

/// Where the number was stated: line and words of the document, provenance.
static std::string originOf(const StatedClaim &claim) {
  std::string origin;
  if (claim.line > 0)
    origin = "line " + std::to_string(claim.line);
  if (!claim.quote.empty())
    origin += (origin.empty() ? "" : ": ") + escapedMarkdown(claim.quote);
  if (claim.source)
    origin += (origin.empty() ? "" : "; ") + stringifyEnum(*claim.source).str();
  return origin;
}

static void printClaims(const Report &report, llvm::raw_ostream &os) {
  if (report.claims.empty())
    return;
  os << "\n## Claims\n\n| claim | says | verdict | computed | stated as |\n"
        "|---|---|---|---|---|\n";
  for (const auto &[claim, judgement] : report.claims) {
    std::string computed = escapedMarkdown(judgement.computed);
    if (!judgement.missing.empty())
      computed += (computed.empty() ? "needs " : "; needs ") +
                  escapedMarkdown(llvm::join(judgement.missing, ", "));
    os << "| " << escapedMarkdown(claim.id) << " | "
       << escapedMarkdown(claim.says) << " | " << nameOf(judgement.verdict)
       << " | " << computed << " | " << originOf(claim) << " |\n";
  }
}

void moe::printMarkdown(const Report &report, llvm::raw_ostream &os) {
  os << "# " << escapedMarkdown(report.plan) << ": "
     << nameOf(report.verdict).upper()
     << "\n\n| section | verdict |\n|---|---|\n";
  for (const SectionVerdict &section : report.sections) {
    std::string unchecked = section.describeUnchecked();
    os << "| " << nameOf(section.section) << " | "
       << nameOf(section.verdict).upper() << (unchecked.empty() ? "" : ", ")
       << escapedMarkdown(unchecked) << " |\n";
  }
  if (!report.findings.all().empty())
    os << "\n## Findings\n\n";
  for (const Finding &finding : report.findings.all())
    if (!finding.isConsequence())
      printFinding(report, finding, "", os);
  printClaims(report, os);
  if (!report.metrics.empty())
    os << "\n## Figures\n\n| figure | value |\n|---|---|\n";
  for (const Metric &metric : report.metrics) {
    os << "| " << metric.name << " | ";
    if (auto *whole = std::get_if<int64_t>(&metric.value))
      os << *whole;
    else
      os << llvm::format("%.4g", std::get<double>(metric.value));
    os << " |\n";
  }
}
