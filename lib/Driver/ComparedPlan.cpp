//===- ComparedPlan.cpp - A plan and its baseline ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ComparedPlan.h"

#include "moe/IR/FieldLocation.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::moe;

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

std::optional<ComparedPlan> moe::loadWithBaseline(StringRef file,
                                                  MLIRContext *context,
                                                  bool &unreadable,
                                                  llvm::raw_ostream &err) {
  std::optional<LoadedPlan> loaded = loadPlan(file, context, err);
  unreadable |= !loaded;
  if (!loaded)
    return std::nullopt;
  ComparedPlan plan{std::move(*loaded), std::nullopt};
  unreadable |= !loadBaseline(file, plan, context, err);
  return plan;
}
