//===- Translations.cpp - One translation per kind of file ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Emit/Emitters.h"
#include "moe/Emit/ReadLaunch.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Tools/mlir-translate/Translation.h"

using namespace mlir;
using namespace mlir::moe;

/// Prints the only launch of `module`.
static LogicalResult emitOnly(Operation *module, const Emitter &emitter,
                              raw_ostream &os) {
  SmallVector<LaunchOp> launches;
  module->walk([&](LaunchOp launch) { launches.push_back(launch); });
  if (launches.size() != 1)
    return emitError(module->getLoc())
           << "expected one launch to emit, found " << launches.size()
           << "; 'moe-opt --moe-lower-pipeline' makes one from a plan";
  JobView job = readLaunch(launches.front());
  llvm::Error error = checkJob(job);
  if (!error)
    error = emitter.emit(job, {}, os);
  if (!error)
    return success();
  return emitError(launches.front().getLoc())
         << llvm::toString(std::move(error));
}

void moe::registerEmitTranslations() {
  // Registrations keep references, so they live as long as the process.
  static std::vector<TranslateFromMLIRRegistration> registrations;
  if (!registrations.empty())
    return;
  for (const Emitter &emitter : emitters())
    registrations.emplace_back(
        ("emit-" + emitter.flag).str(), emitter.summary,
        [&emitter](Operation *op, raw_ostream &os) {
          return emitOnly(op, emitter, os);
        },
        [](DialectRegistry &registry) { registry.insert<MoEDialect>(); });
}
