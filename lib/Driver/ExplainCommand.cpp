//===- ExplainCommand.cpp - `moec explain`
//----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "LoadPlan.h"

#include "moe/Check/ExplainMetric.h"
#include "moe/Claims/Claims.h"
#include "moe/Claims/MetricTable.h"
#include "moe/Driver/Commands.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

static constexpr llvm::StringLiteral kExplainHelp =
    R"(Shows how figures of a plan follow from it: the value, the formula, and each
input with where it comes from.

usage: moec explain PLAN METRIC...
       moec explain --list

  PLAN    a plan file, .json or .mlir (text or bytecode)
  METRIC  a name that claims may use
  --list  all metrics, functions and units, and the grammar of claims

Exit status: 0 all have a value, 1 one needs a figure that the plan does not give,
2 bad usage or unreadable input.

example: moec explain examples/deepseek-v3-1024xH100.json ep_groups micro_batches
)";

/// Names that are no metric are explained on `err`.
static bool areMetrics(ArrayRef<std::string> names, llvm::raw_ostream &err) {
  bool good = true;
  for (const std::string &name : names) {
    if (llvm::is_contained(metricNames(), name))
      continue;
    err << "moec explain: no metric " << quoted(name)
        << didYouMean(name, metricNames())
        << "; `moec explain --list` prints all\n";
    good = false;
  }
  return good;
}

int moe::runExplainCommand(ArrayRef<StringRef> args, llvm::raw_ostream &out,
                           llvm::raw_ostream &err) {
  if (args.size() == 1 && args.front() == "--list") {
    printClaimLanguage(out);
    return 0;
  }
  std::string file;
  std::vector<std::string> metrics;
  CommandLine line("explain", kExplainHelp);
  line.positional("PLAN", file);
  line.positionals("METRIC", metrics);
  if (std::optional<int> status = line.parse(args, out, err))
    return *status;
  if (!areMetrics(metrics, err))
    return 2;
  std::unique_ptr<MLIRContext> context = makePlanContext();
  std::optional<LoadedPlan> plan = loadPlan(file, context.get(), err);
  if (!plan)
    return 2;
  bool complete = true;
  for (const std::string &metric : metrics)
    complete &= explainMetric(plan->plan, metric, out);
  return complete ? 0 : 1;
}
