//===- CheckCommand.cpp - `moec check` ------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckBatch.h"
#include "CommandLine.h"
#include "ComparedPlan.h"
#include "OutputFile.h"
#include "PlanRepair.h"

#include "moe/Check/ModuleGraph.h"
#include "moe/Check/Report.h"
#include "moe/Check/ReportComparison.h"
#include "moe/Driver/Commands.h"
#include "moe/Json/Document.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::moe;

static constexpr llvm::StringLiteral kCheckHelp =
    R"(Checks plans and prints a report: the verdict, then everything that is wrong
in one run, with what was expected, where, and what would be right. Of two plans
it also says what the second one fixes, breaks and leaves open (text, markdown
and json).

usage: moec check PLAN... [--format FORM] [--strict] [--emit-graph FILE]
       moec check PLAN --fix -o FILE | --fix --in-place
       moec check PLAN... --batch [--format text|json] [--strict]

  PLAN               plan files, .json or .mlir (text or bytecode)
  --format FORM      text (the default), json (moe-report/1), markdown,
                     sarif (2.1.0) or github (annotations of GitHub Actions)
  --strict           warnings and unverifiable claims count as errors
  --fix              apply the fixes that the report offers, each checked again,
                     and report on the repaired plan; comments of MLIR are lost
  -o FILE            where the repaired plan goes; paths in it are relative
  --in-place         over the plan itself
  --batch            a line for each plan instead of its report, a JSON object
                     with --format json; for thousands of plans
  --emit-graph FILE  the modules of the plan and their ranks, as DOT

Exit status: 0 no errors, 1 a plan has errors, 2 bad usage or unreadable input.

example: moec check examples/seed-001-previous.json
)";

namespace {
struct CheckOptions {
  std::vector<std::string> files;
  std::string format = "text", output, graph;
  bool strict = false, fix = false, inPlace = false, batch = false;

  /// What does not go together; empty when all is well.
  std::string problem() const;
};
} // namespace

std::string CheckOptions::problem() const {
  if (!fix && (inPlace || !output.empty()))
    return "-o and --in-place belong to --fix";
  if (fix && inPlace == !output.empty())
    return "--fix writes to '-o FILE' or '--in-place'";
  if (batch && (fix || !graph.empty()))
    return "--batch goes with --format and --strict alone";
  if (batch && format != "text" && format != "json")
    return "--batch prints text or json";
  if ((fix || !graph.empty()) && files.size() != 1)
    return std::string(fix ? "--fix" : "--emit-graph") + " takes one plan";
  return "";
}

/// Writes a file as a whole or not at all.
static bool writeFile(StringRef path, llvm::raw_ostream &err,
                      llvm::function_ref<void(llvm::raw_ostream &)> write) {
  llvm::Error error = writeOutputFile(path, write);
  if (!error)
    return true;
  err << path
      << ": error: cannot be written: " << llvm::toString(std::move(error))
      << "\n";
  return false;
}

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

/// Two plans are also compared, in the forms that have a place for it.
static void printReports(const CheckOptions &options,
                         ArrayRef<ComparedPlan> plans, ArrayRef<Report> reports,
                         llvm::raw_ostream &out) {
  bool readable = options.format == "text" || options.format == "markdown";
  if (reports.size() != 2 || (!readable && options.format != "json"))
    return printReports(reports, options.format, out);
  ReportComparison comparison = compareReports(
      reports[0], plans[0].loaded.plan, reports[1], plans[1].loaded.plan);
  if (!readable)
    return printComparisonJson(reports[0], reports[1], comparison, out);
  printReports(reports, options.format, out);
  printComparison(reports[0], reports[1], comparison, out);
}

/// False when an output would replace a file that one of the plans was read
/// from, which is explained on `err`.
static bool keepsInputs(const CheckOptions &options,
                        ArrayRef<ComparedPlan> plans, llvm::raw_ostream &err) {
  for (const ComparedPlan &plan : plans) {
    std::vector<std::string> files = filesOf(plan.loaded);
    if (plan.baseline)
      llvm::append_range(files, filesOf(*plan.baseline));
    for (const std::string &output : {options.output, options.graph})
      if (auto problem = explainReplacement(output, files)) {
        err << "moec check: " << *problem << "\n";
        return false;
      }
  }
  return true;
}

/// Writes the repaired plan; the plan that is then reported.
static std::optional<ComparedPlan> repair(const CheckOptions &options,
                                          ComparedPlan plan,
                                          MLIRContext *context,
                                          llvm::raw_ostream &err) {
  const std::string &file = options.files.front();
  const std::string &target = options.inPlace ? file : options.output;
  InputErrors errors;
  PlanLanguage language = StringRef(file).ends_with(".json")
                              ? PlanLanguage::Json
                              : PlanLanguage::Mlir;
  std::unique_ptr<llvm::MemoryBuffer> text = json::readFileText(file, errors);
  printErrors(errors, err);
  if (!text)
    return std::nullopt;
  std::optional<RepairedPlan> repaired = repairPlan(
      text->getBuffer(), language, target, context, plan.baselinePlan(), err);
  if (!repaired)
    return std::nullopt;
  for (const auto &[rule, fix] : repaired->applied)
    err << "fixed [" << rule << "]: " << describe(fix) << "\n";
  if (repaired->applied.empty()) {
    err << (repaired->refused ? "every fix makes something else wrong"
                              : "no finding has a fix")
        << ", nothing is written\n";
    return plan;
  }
  if (!writeFile(target, err,
                 [&](llvm::raw_ostream &os) { os << repaired->text; }))
    return std::nullopt;
  err << "written to " << target << "\n";
  plan.loaded = std::move(repaired->loaded);
  return plan;
}

static int check(const CheckOptions &options, llvm::raw_ostream &out,
                 llvm::raw_ostream &err) {
  std::unique_ptr<MLIRContext> context = makePlanContext();
  std::vector<ComparedPlan> plans;
  bool unreadable = false;
  for (const std::string &file : options.files)
    if (auto plan = loadWithBaseline(file, context.get(), unreadable, err))
      plans.push_back(std::move(*plan));
  if (!keepsInputs(options, plans, err))
    return 2;
  if (options.fix && !plans.empty()) {
    auto repaired =
        repair(options, std::move(plans.front()), context.get(), err);
    if (!repaired)
      return 2;
    plans.front() = std::move(*repaired);
  }
  std::vector<Report> reports;
  for (ComparedPlan &plan : plans)
    reports.push_back(makeReport(plan.loaded.plan, plan.baselinePlan()));
  printReports(options, plans, reports, out);
  if (!options.graph.empty() && !plans.empty())
    unreadable |= !writeFile(options.graph, err, [&](llvm::raw_ostream &os) {
      printModuleGraph(plans.front().loaded.plan, os);
    });
  if (unreadable)
    return 2;
  return llvm::any_of(reports, [&](const Report &report) {
    return hasFailed(report.verdict, options.strict);
  });
}

int moe::runCheckCommand(ArrayRef<StringRef> args, llvm::raw_ostream &out,
                         llvm::raw_ostream &err) {
  CheckOptions options;
  CommandLine line("check", kCheckHelp);
  line.positionals("PLAN", options.files);
  line.choice("format", {"text", "json", "markdown", "sarif", "github"},
              options.format);
  line.flag("strict", options.strict);
  line.flag("fix", options.fix);
  line.flag("in-place", options.inPlace);
  line.flag("batch", options.batch);
  line.output("o", options.output);
  line.output("emit-graph", options.graph);
  if (std::optional<int> status = line.parse(args, out, err))
    return *status;
  if (std::string problem = options.problem(); !problem.empty()) {
    err << "moec check: " << problem
        << "\n`moec check --help` shows the usage\n";
    return 2;
  }
  if (options.batch)
    return checkBatch(options.files, {options.format == "json", options.strict},
                      out, err);
  return check(options, out, err);
}
