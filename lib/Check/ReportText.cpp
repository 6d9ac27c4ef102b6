//===- ReportText.cpp - A report for a terminal ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/Report.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Prints one report.
class TextReport {
public:
  TextReport(const Report &report, bool color, llvm::raw_ostream &os)
      : report(report), color(color), os(os) {}
  void print();

private:
  void printSections();
  void printFinding(const Finding &finding, StringRef indent);
  void printMissing(const Finding &finding, StringRef indent);
  void printClaims();
  void paint(StringRef text, StringRef code);
  void paintVerdict(Verdict verdict);

  const Report &report;
  bool color;
  llvm::raw_ostream &os;
};
} // namespace

static constexpr StringLiteral kRed = "\033[1;31m", kYellow = "\033[1;33m",
                               kGreen = "\033[1;32m", kCyan = "\033[1;36m";

void TextReport::paint(StringRef text, StringRef code) {
  if (color)
    os << code << text << "\033[0m";
  else
    os << text;
}

void TextReport::paintVerdict(Verdict verdict) {
  paint(nameOf(verdict).upper(), verdict == Verdict::Fail      ? kRed
                                 : verdict == Verdict::Partial ? kYellow
                                                               : kGreen);
}

static std::string countText(unsigned count, StringRef noun) {
  return llvm::utostr(count) + " " + noun.str() + (count == 1 ? "" : "s");
}

void TextReport::printSections() {
  for (const SectionVerdict &section : report.sections) {
    os << llvm::formatv("  {0,-15}", nameOf(section.section));
    paintVerdict(section.verdict);
    if (std::string unchecked = section.describeUnchecked(); !unchecked.empty())
      os << "  " << unchecked;
    os << "\n";
  }
}

void TextReport::printClaims() {
  if (report.claims.empty())
    return;
  os << "\n  " << countText(report.claims.size(), "claim") << ": ";
  StringRef separator = "";
  for (ClaimVerdict verdict :
       {ClaimVerdict::True, ClaimVerdict::Truncated, ClaimVerdict::False,
        ClaimVerdict::Unverifiable}) {
    os << separator << report.countClaims(verdict) << " " << nameOf(verdict);
    separator = ", ";
  }
  os << "\n";
}

/// "plan.json:3:5: " or nothing.
static std::string placePrefix(Location where) {
  std::optional<Place> place = findPlace(where);
  return place ? place->str() + ": " : "";
}

void TextReport::printMissing(const Finding &finding, StringRef indent) {
  if (finding.missing.empty())
    return;
  SmallVector<StringRef> lines;
  std::string text = missingAsJson(finding.missing);
  StringRef(text).split(lines, '\n');
  os << indent << "  to paste and fill in:\n";
  for (StringRef line : lines)
    os << indent << "    " << line << "\n";
}

void TextReport::printFinding(const Finding &finding, StringRef indent) {
  os << indent << placePrefix(finding.where);
  paint(nameOf(finding.severity), finding.severity == Severity::Error ? kRed
                                  : finding.severity == Severity::Warning
                                      ? kYellow
                                      : kCyan);
  os << ": " << finding.message << " [" << finding.rule << "]\n";
  if (!finding.expected.empty())
    os << indent << "  expected " << finding.expected << ", found "
       << finding.found << "\n";
  for (const auto &[where, text] : finding.notes)
    os << indent
       << "  note: " << (where == finding.where ? "" : placePrefix(where))
       << text << "\n";
  for (const Fix &fix : finding.fixes) {
    os << indent << "  ";
    paint("fix", kGreen);
    os << ": " << describe(fix) << "\n";
  }
  printMissing(finding, indent);
  for (const Finding *other : report.findings.consequencesOf(finding)) {
    os << indent << "  so\n";
    printFinding(*other, (indent + "    ").str());
  }
}

void TextReport::print() {
  paintVerdict(report.verdict);
  os << "  " << report.plan << ": "
     << countText(report.countCauses(Severity::Error), "error") << ", "
     << countText(report.countCauses(Severity::Warning), "warning") << ", "
     << countText(report.countCauses(Severity::Note), "note") << "\n\n";
  printSections();
  printClaims();
  for (const Finding &finding : report.findings.all())
    if (!finding.isConsequence()) {
      os << "\n";
      printFinding(finding, "");
    }
}

void moe::printText(const Report &report, bool color, llvm::raw_ostream &os) {
  TextReport(report, color, os).print();
}
