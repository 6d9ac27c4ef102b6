//===- PlanFromJson.h - Plan files to moe.plan ---------------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads a plan file and the files it names (model, loads, placement; not the
// baseline and the topology). Every operation carries the place of its JSON
// object, and the places of its keys (moe/IR/FieldLocation.h).
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IMPORT_PLANFROMJSON_H
#define MOE_IMPORT_PLANFROMJSON_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "moe/Json/InputError.h"
#include <vector>

namespace mlir::moe {

/// A module with one `moe.plan`. Whatever is wrong with the files is added to
/// `errors`, all of it in one run; then the result is null. Paths are relative
/// to the folder of the plan. `notes`, if given, receives what was assumed or
/// is ambiguous about the model.
OwningOpRef<ModuleOp> importPlan(StringRef path, MLIRContext *context,
                                 InputErrors &errors,
                                 std::vector<InputNote> *notes = nullptr);

/// The same for a text; `file` names it in messages and gives the folder.
OwningOpRef<ModuleOp> importPlanText(StringRef text, StringRef file,
                                     MLIRContext *context, InputErrors &errors,
                                     std::vector<InputNote> *notes = nullptr);

/// A module with a plan that holds nothing but the model of a Hugging Face
/// config.json. `text` is its content, `file` its path.
OwningOpRef<ModuleOp>
importModelConfig(StringRef text, StringRef file, MLIRContext *context,
                  InputErrors &errors, std::vector<InputNote> *notes = nullptr);

} // namespace mlir::moe

#endif // MOE_IMPORT_PLANFROMJSON_H
