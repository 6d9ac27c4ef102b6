//===- ModelTable.h - Shapes of the models that were measured ---*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CALIBRATE_MODELTABLE_H
#define MOE_CALIBRATE_MODELTABLE_H

#include "moe/Cost/Job.h"
#include "moe/Json/InputError.h"
#include "llvm/ADT/StringMap.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

struct MeasuredModel {
  cost::ModelShape shape;
  int64_t layers = 0, denseLayers = 0, mtpLayers = 0;
};

class ModelTable {
public:
  /// Reads benchmarks/accuracy/models.json, whose README describes the keys.
  static std::optional<ModelTable>
  parse(llvm::StringRef text, llvm::StringRef file, InputErrors &errors);
  static std::optional<ModelTable> readFile(llvm::StringRef path,
                                            InputErrors &errors);

  /// The model of that name; "NAME-L12" is NAME with 12 layers.
  std::optional<MeasuredModel> find(llvm::StringRef name) const;
  /// What leave-one-model-out leaves out: the name without "-L12".
  static llvm::StringRef familyOf(llvm::StringRef name);

private:
  llvm::StringMap<MeasuredModel> models;
};

} // namespace mlir::moe

#endif // MOE_CALIBRATE_MODELTABLE_H
