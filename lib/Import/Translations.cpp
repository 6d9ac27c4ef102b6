//===- Translations.cpp - Plan files in moe-translate ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Import/Translations.h"

#include "KeyReader.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "moe/IR/MoE.h"
#include "moe/Import/PlanFromJson.h"
#include "moe/Import/PlanToJson.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace mlir::moe;

/// Without a line the file as a whole is meant.
static Location placeOf(MLIRContext *context, StringRef file,
                        Position position) {
  return locationOf(context, file,
                    position.line == 0 ? Position{1, 1} : position);
}

static void emitAll(const InputErrors &errors, MLIRContext *context) {
  for (const InputError &error : errors.list()) {
    InFlightDiagnostic diagnostic =
        emitError(placeOf(context, error.file, error.position))
        << error.message;
    for (const InputNote &note : error.notes)
      diagnostic.attachNote(placeOf(context, note.file, note.position))
          << note.message;
  }
  if (errors.numDropped() > 0)
    emitError(placeOf(context, errors.list().back().file, {}))
        << "and " << errors.numDropped() << " more errors";
}

using ImportFn = OwningOpRef<ModuleOp>(StringRef, StringRef, MLIRContext *,
                                       InputErrors &, std::vector<InputNote> *);

template <ImportFn importText>
static OwningOpRef<Operation *> translate(llvm::SourceMgr &sources,
                                          MLIRContext *context) {
  const llvm::MemoryBuffer *buffer =
      sources.getMemoryBuffer(sources.getMainFileID());
  InputErrors errors;
  std::vector<InputNote> notes;
  OwningOpRef<ModuleOp> module =
      importText(buffer->getBuffer(), buffer->getBufferIdentifier(), context,
                 errors, &notes);
  emitAll(errors, context);
  for (const InputNote &note : notes)
    emitRemark(placeOf(context, note.file, note.position)) << note.message;
  return OwningOpRef<Operation *>(module.release());
}

static LogicalResult exportModule(ModuleOp module, raw_ostream &os) {
  auto plans = module.getOps<PlanOp>();
  if (llvm::hasSingleElement(plans))
    return exportPlan(*plans.begin(), os);
  return emitError(module.getLoc())
         << "expected one plan, found " << llvm::range_size(plans);
}

void moe::registerImportTranslations() {
  static TranslateToMLIRRegistration importPlan(
      "import-plan", "read a plan file",
      [](llvm::SourceMgr &sources, MLIRContext *context) {
        return translate<importPlanText>(sources, context);
      });
  static TranslateToMLIRRegistration importConfig(
      "import-hf-config", "read the config.json of a Hugging Face model",
      [](llvm::SourceMgr &sources, MLIRContext *context) {
        return translate<importModelConfig>(sources, context);
      });
  static TranslateFromMLIRRegistration exportPlan(
      "export-plan", "write the plan file of a plan", exportModule,
      [](DialectRegistry &registry) { registry.insert<MoEDialect>(); });
}
