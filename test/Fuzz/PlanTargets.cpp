//===- PlanTargets.cpp - The importer and the rules -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FuzzTarget.h"

#include "mlir/IR/MLIRContext.h"
#include "moe/Check/Report.h"
#include "moe/IR/MoE.h"
#include "moe/Import/PlanFromJson.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::moe;

/// A context keeps every attribute it has seen: a new one now and then.
static MLIRContext *freshContext() {
  static std::unique_ptr<MLIRContext> context;
  static unsigned uses = 0;
  constexpr unsigned mostUses = 200;
  if (uses++ % mostUses == 0) {
    context = std::make_unique<MLIRContext>(MLIRContext::Threading::DISABLED);
    context->loadDialect<MoEDialect>();
  }
  return context.get();
}

/// A text is a plan or has errors; a plan has a report in every form.
static void readPlan(StringRef text) {
  InputErrors errors;
  OwningOpRef<ModuleOp> module =
      importPlanText(text, "fuzz.json", freshContext(), errors);
  require(static_cast<bool>(module) == errors.empty(),
          "a text is a plan or has errors");
  if (!module)
    return;
  Report report = makeReport(*module->getOps<PlanOp>().begin());
  llvm::raw_null_ostream out;
  printText(report, /*color=*/true, out);
  printJson(report, out);
  printMarkdown(report, out);
  printSarif(report, "0", out);
}

static constexpr StringRef planWords[] = {
    "\"tp\": ",          "\"ep\": ",      "\"pp\": ",
    "\"etp\": ",         "\"model\": ",   "\"cluster\": ",
    "\"claims\": [",     "\"says\": ",    "\"stated\": ",
    "\"groups\": [",     "\"experts\": ", "\"workload\": ",
    "\"H100\"",          "\"train\"",     "\"decode\"",
    "\"auto\"",          "\"layout\": ",  "\"uniform\"",
    "\"framework\": ",   "\"vllm\"",      "\"order\": ",
    "\"num_experts\": ", "null",          "\"80 GB\"",
    "\"rule\": ",        "\"product\"",   "\"targets\": ",
    "\"vpp\": "};

static constexpr FuzzTarget targets[] = {{"plans", readPlan, planWords}};

llvm::ArrayRef<FuzzTarget> mlir::moe::fuzzTargets() { return targets; }
