//===- ReportGithub.cpp - Findings as GitHub annotations ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Workflow commands of GitHub Actions:
//   ::error file=plan.json,line=6,col=3,title=mesh-1::message
// Escapes are those of actions/toolkit, packages/core/src/command.ts.
//
//===----------------------------------------------------------------------===//

#include "moe/Check/Report.h"

using namespace mlir;
using namespace mlir::moe;

/// A property ends at ',' or ':', a message at the end of the line.
static std::string escapedCommand(StringRef text, bool property) {
  std::string result;
  for (char c : text)
    if (c == '%')
      result += "%25";
    else if (c == '\r')
      result += "%0D";
    else if (c == '\n')
      result += "%0A";
    else if (property && c == ':')
      result += "%3A";
    else if (property && c == ',')
      result += "%2C";
    else
      result += c;
  return result;
}

static StringRef commandOf(Severity severity) {
  return severity == Severity::Note ? "notice" : nameOf(severity);
}

void moe::printGithub(const Report &report, llvm::raw_ostream &os) {
  for (const Finding &finding : report.findings.all()) {
    os << "::" << commandOf(finding.severity) << " ";
    if (std::optional<Place> place = findPlace(finding.where))
      os << "file=" << escapedCommand(place->file, true)
         << ",line=" << place->line << ",col=" << place->column << ",";
    std::string text = finding.message;
    for (const auto &note : finding.notes)
      text += "\nnote: " + note.second;
    for (const Fix &fix : finding.fixes)
      text += "\nfix: " + describe(fix);
    os << "title="
       << escapedCommand(report.plan + " [" + finding.rule + "]", true)
       << "::" << escapedCommand(text, false) << "\n";
  }
}
