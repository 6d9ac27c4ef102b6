//===- EstimateCommand.cpp - `moec estimate` ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "EstimatePrinters.h"
#include "EstimateTrace.h"
#include "OutputFile.h"

#include "moe/Driver/Commands.h"

using namespace mlir;
using namespace mlir::moe;

static constexpr llvm::StringLiteral kEstimateHelp =
    R"(Estimates what a plan costs: memory of every pipeline stage and whether it
fits, FLOPs, communication by axis, the time of a step and its parts.

usage: moec estimate PLAN [--format FORM] [--lowered] [--trace FILE]
                     [--calibration FILE]

  PLAN            plan file, .json or .mlir
  --format FORM   text (the default), json (moe-estimate/1) or markdown
  --lowered       measure the operations the plan is lowered to, instead of the
                  closed form; both give the same to the byte
  --trace FILE    also write the simulated step as a timeline for Perfetto
                  (ui.perfetto.dev) or Chrome
  --calibration FILE
                  constants of times, as `moec calibrate -o FILE` writes them

Exit status: 0 also when the plan does not fit, 1 the plan allows no estimate,
2 bad usage or unreadable input.

example: moec estimate examples/mixtral-8x22b-128xH100.json
)";

int moe::runEstimateCommand(ArrayRef<StringRef> args, llvm::raw_ostream &out,
                            llvm::raw_ostream &err) {
  std::string file, format = "text", trace, calibration;
  bool lowered = false;
  CommandLine line("estimate", kEstimateHelp);
  line.positional("PLAN", file);
  line.choice("format", {"text", "json", "markdown"}, format);
  line.flag("lowered", lowered);
  line.output("trace", trace);
  line.input("calibration", calibration);
  if (std::optional<int> status = line.parse(args, out, err))
    return *status;
  std::optional<CalibrationFile> constants = readConstants(calibration, err);
  if (!constants)
    return 2;
  std::unique_ptr<MLIRContext> context = makePlanContext();
  std::optional<LoadedPlan> loaded = loadPlan(file, context.get(), err);
  if (!loaded)
    return 2;
  if (auto problem = explainReplacement(trace, filesOf(*loaded))) {
    err << "moec estimate: --trace: " << *problem << "\n";
    return 2;
  }
  std::unique_ptr<PlanEstimate> estimate = estimatePlan(
      *loaded, lowered ? CostRoute::Lowered : CostRoute::ClosedForm, file, err,
      *constants);
  if (!estimate)
    return 1;
  if (format == "json")
    printEstimateJson(*estimate, out);
  else if (format == "markdown")
    printEstimateMarkdown(*estimate, out);
  else
    printEstimateText(*estimate, wantsColor(out), out);
  return trace.empty() ? 0 : writeTrace(*estimate, trace, err);
}
