//===- MoEPlugin.cpp - The dialect and passes for stock tools -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MoEPlugin.so: gives a stock mlir-opt the moe dialect (--load-dialect-plugin)
// and its passes (--load-pass-plugin). A tool that has them already, moe-opt
// for one, is told so and left as it is.
//
//===----------------------------------------------------------------------===//

#include "moe/IR/MoE.h"
#include "moe/Transforms/Passes.h"

#include "mlir/Pass/PassRegistry.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/WithColor.h"

using namespace mlir;

/// Says that loading `what` was pointless but did no harm.
static void noteAlreadyThere(llvm::StringRef what) {
  llvm::WithColor::note(llvm::errs(), "MoEPlugin")
      << "this tool already has the " << what
      << " of moe-opt; the plugin is for a stock mlir-opt\n";
}

static void addDialect(DialectRegistry *registry) {
  if (registry->getDialectAllocator(moe::MoEDialect::getDialectNamespace()))
    noteAlreadyThere("dialect");
  else
    registry->insert<moe::MoEDialect>();
}

static void addPasses() {
  if (PassInfo::lookup("moe-derive-meshes"))
    noteAlreadyThere("passes");
  else
    moe::registerMoEPasses();
}

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "MoE", LLVM_VERSION_STRING, addDialect};
}

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "MoE", LLVM_VERSION_STRING, addPasses};
}
