//===- HfConfig.h - Hugging Face configurations -----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads config.json of Hugging Face models, whose field names differ from
// family to family, and the generic keys of a plan. An absent field takes the
// default of the family's configuration class, with a note; of an unknown
// family, and without model_type, nothing is defaulted.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_MODEL_HFCONFIG_H
#define MOE_MODEL_HFCONFIG_H

#include "moe/Json/Value.h"
#include "moe/Model/ModelShape.h"

namespace mlir::moe {

/// Largest figure of any model and most layers; more is a typing error.
constexpr int64_t maxModelFigure = int64_t(1) << 40;
constexpr int64_t maxModelLayers = 100'000;

/// Reads the configuration `object`, which messages call `path` ("$.model").
/// Faulty values are added to `errors`; their figures stay absent. Unknown keys
/// are errors only without model_type and architectures: then the keys are our
/// own.
ModelShape readModelConfig(const json::Value &object, llvm::StringRef path,
                           llvm::StringRef file, InputErrors &errors);

/// Writes the stated keys of `shape` as members of the object that is open in
/// `os`, with their values and in the order of the file.
void writeConfigKeys(const ModelShape &shape, llvm::json::OStream &os);

} // namespace mlir::moe

#endif // MOE_MODEL_HFCONFIG_H
