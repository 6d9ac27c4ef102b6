//===- CheckCommand.cpp - `moec check` ------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "LoadPlan.h"

#include "moe/Check/Report.h"
#include "moe/Driver/Commands.h"
#include "moe/IR/FieldLocation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::moe;

static constexpr llvm::StringLiteral kCheckHelp =
    R"(Checks plans and prints a report: the verdict, then everything that is wrong
in one run, with what was expected, where, and what would be right.

usage: moec check PLAN... [--format FORM] [--strict]

  PLAN            plan files, .json or .mlir (text or bytecode)
  --format FORM   text (the default), json (moe-report/1), markdown,
                  sarif (2.1.0) or github (annotations of GitHub Actions)
  --strict        warnings and unverifiable claims count as errors

Exit status: 0 no errors, 1 a plan has errors, 2 bad usage or unreadable input.

example: moec check examples/seed-001-previous.json
)";

static void printReports(ArrayRef<Report> reports, StringRef format,
                         llvm::raw_ostream &out) {
  if (format == "sarif")
    return printSarif(reports, MOE_VERSION, out);
  if (format == "json" && !reports.empty())
    return printJson(reports, out);
  for (const Report &report : reports) {
    if (format == "github") {
      printGithub(report, out);
      continue;
    }
    if (&report != &reports.front())
      out << "\n";
    if (format == "markdown")
      printMarkdown(report, out);
    else
      printText(report, wantsColor(out), out);
  }
}

namespace {
/// A plan and the one it names as its baseline.
struct ComparedPlan {
  LoadedPlan loaded;
  std::optional<LoadedPlan> baseline;
};
} // namespace

/// Reads the plan that `compared` names as its baseline, relative to itself.
/// False when it cannot be read, which is explained on `err`.
static bool loadBaseline(StringRef file, ComparedPlan &compared,
                         MLIRContext *context, llvm::raw_ostream &err) {
  std::optional<StringRef> name = compared.loaded.plan.getBaseline();
  if (!name)
    return true;
  llvm::SmallString<128> path = llvm::sys::path::parent_path(file);
  llvm::sys::path::append(path, *name);
  compared.baseline = loadPlan(path, context, err);
  if (!compared.baseline)
    err << placeOf(fieldLoc(compared.loaded.plan, "baseline"))
        << ": note: named as the baseline here\n";
  return compared.baseline.has_value();
}

int moe::runCheckCommand(ArrayRef<StringRef> args, llvm::raw_ostream &out,
                         llvm::raw_ostream &err) {
  std::vector<std::string> files;
  std::string format = "text";
  bool strict = false;
  CommandLine line("check", kCheckHelp);
  line.positionals("PLAN", files);
  line.choice("format", {"text", "json", "markdown", "sarif", "github"},
              format);
  line.flag("strict", strict);
  if (std::optional<int> status = line.parse(args, out, err))
    return *status;
  std::unique_ptr<MLIRContext> context = makePlanContext();
  std::vector<ComparedPlan> plans;
  bool unreadable = false;
  for (const std::string &file : files) {
    std::optional<LoadedPlan> plan = loadPlan(file, context.get(), err);
    unreadable |= !plan;
    if (!plan)
      continue;
    plans.push_back({std::move(*plan), std::nullopt});
    unreadable |= !loadBaseline(file, plans.back(), context.get(), err);
  }
  std::vector<Report> reports;
  for (ComparedPlan &plan : plans)
    reports.push_back(makeReport(
        plan.loaded.plan, plan.baseline ? plan.baseline->plan : PlanOp()));
  printReports(reports, format, out);
  if (unreadable)
    return 2;
  Verdict tolerated = strict ? Verdict::Pass : Verdict::Partial;
  return llvm::any_of(reports, [&](const Report &report) {
    return report.verdict > tolerated;
  });
}
