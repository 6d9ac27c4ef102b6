//===- ExplainCommand.cpp - `moec explain`
//----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "ExplainCost.h"

#include "moe/Check/ExplainMetric.h"
#include "moe/Claims/Claims.h"
#include "moe/Claims/MetricTable.h"
#include "moe/Driver/Commands.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::moe;

static constexpr llvm::StringLiteral kExplainHelp =
    R"(Shows how figures of a plan follow from it: the value, the formula, and each
input with where it comes from.

usage: moec explain PLAN METRIC... [--stage N] [--calibration FILE]
       moec explain --list

  PLAN       a plan file, .json or .mlir (text or bytecode)
  METRIC     a name that claims may use, or a figure of `moec estimate`
  --stage N  the pipeline stage whose memory is meant; else the fullest
  --calibration FILE  constants of times instead of those that are built in
  --list     all metrics, functions and units, and the grammar of claims

Exit status: 0 all have a value, 1 one needs a figure that the plan lacks,
2 bad usage or unreadable input.

example: moec explain examples/deepseek-v3-1024xH100.json micro_batches weights
)";

static bool isMetric(StringRef name) {
  return llvm::is_contained(metricNames(), name);
}

/// Names that are no metric are explained on `err`.
static bool areMetrics(ArrayRef<std::string> names, llvm::raw_ostream &err) {
  SmallVector<StringRef> known(metricNames());
  for (const CostFigure &figure : costFigures())
    if (!isMetric(figure.name))
      known.push_back(figure.name);
  bool good = true;
  for (const std::string &name : names) {
    if (llvm::is_contained(known, name))
      continue;
    err << "moec explain: no metric " << quoted(name) << didYouMean(name, known)
        << "; `moec explain --list` prints all\n";
    good = false;
  }
  return good;
}

/// What claims may use, then the parts of an estimate that they may not.
static void printList(llvm::raw_ostream &out) {
  printClaimLanguage(out);
  out << "\nfigures of an estimate that claims do not use:\n";
  for (const CostFigure &figure : costFigures())
    if (!isMetric(figure.name))
      out << llvm::formatv("  {0,-22} {1}\n", figure.name, figure.what);
}

namespace {
/// Explains metrics of one plan; estimates it once, and only if asked to.
class Explainer {
public:
  Explainer(LoadedPlan &plan, StringRef file, const CalibrationFile &constants,
            std::optional<size_t> stage, llvm::raw_ostream &out,
            llvm::raw_ostream &err)
      : plan(plan), file(file), constants(constants), stage(stage), out(out),
        err(err) {}
  /// Returns the exit status.
  int explain(StringRef metric);

private:
  LoadedPlan &plan;
  StringRef file;
  const CalibrationFile &constants;
  std::optional<size_t> stage;
  llvm::raw_ostream &out, &err;
  std::unique_ptr<PlanEstimate> estimate;
  bool estimated = false;
};
} // namespace

int Explainer::explain(StringRef metric) {
  const CostFigure *figure = findCostFigure(metric);
  if (figure && !estimated) {
    estimated = true;
    // A metric has its own words for what it lacks.
    estimate = estimatePlan(plan, CostRoute::ClosedForm, file,
                            isMetric(metric) ? llvm::nulls() : err, constants);
  }
  // A metric without a value has its own words for what it lacks, too.
  bool hasValue = figure && estimate && figure->value(*estimate, 0);
  if (!figure || (!hasValue && isMetric(metric)))
    return explainMetric(plan.plan, metric, out) ? 0 : 1;
  if (!estimate)
    return 1;
  size_t stages = estimate->result.stages.size();
  if (stage && *stage >= stages) {
    err << "moec explain: --stage " << *stage << ": the plan has stages 0 to "
        << stages - 1 << "\n";
    return 2;
  }
  return explainCost(*estimate, *figure, stage, out) ? 0 : 1;
}

int moe::runExplainCommand(ArrayRef<StringRef> args, llvm::raw_ostream &out,
                           llvm::raw_ostream &err) {
  if (args.size() == 1 && args.front() == "--list") {
    printList(out);
    return 0;
  }
  std::string file, calibration;
  std::vector<std::string> metrics;
  std::optional<int64_t> stage;
  CommandLine line("explain", kExplainHelp);
  line.positional("PLAN", file);
  line.positionals("METRIC", metrics);
  line.count("stage", stage, /*least=*/0);
  line.input("calibration", calibration);
  if (std::optional<int> status = line.parse(args, out, err))
    return *status;
  if (!areMetrics(metrics, err))
    return 2;
  std::unique_ptr<MLIRContext> context = makePlanContext();
  std::optional<LoadedPlan> plan = loadPlan(file, context.get(), err);
  std::optional<CalibrationFile> constants = readConstants(calibration, err);
  if (!plan || !constants)
    return 2;
  Explainer explainer(*plan, file, *constants, stage, out, err);
  int worst = 0;
  for (const std::string &metric : metrics)
    worst = std::max(worst, explainer.explain(metric));
  return worst;
}
