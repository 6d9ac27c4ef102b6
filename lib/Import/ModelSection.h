//===- ModelSection.h - Shapes of models to moe.model --------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_IMPORT_MODELSECTION_H
#define MOE_LIB_IMPORT_MODELSECTION_H

#include "moe/IR/MoE.h"
#include "moe/Json/ObjectReader.h"
#include "llvm/Support/JSON.h"

namespace mlir::moe {

/// The configuration of a model and where it was found.
struct ModelSource {
  /// An object.
  json::Value config;
  /// File of the object, and what messages call the object: "$.model".
  StringRef file;
  std::string path;
  /// The path in the plan; empty when the keys are inline.
  StringRef from;
};

/// Creates `moe.model` at the insertion point of `builder`. Figures whose
/// values are faulty are absent.
ModelOp buildModel(OpBuilder &builder, const ModelSource &source,
                   InputErrors &errors, std::vector<InputNote> *notes);

/// Writes the keys of an inline model as members of the object that is open in
/// `os`. Values are written as they are, JSON or not.
void writeInlineKeys(ModelOp model, llvm::json::OStream &os);

/// Whether the inline keys of `model` still give its figures; false also when
/// they are no JSON.
bool inlineKeysAgree(ModelOp model);

} // namespace mlir::moe

#endif // MOE_LIB_IMPORT_MODELSECTION_H
