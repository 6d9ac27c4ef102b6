//===- PlacementFile.h - Placements in files --------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// moe-placement/1, read and written, and what SGLang and TensorRT-LLM read.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_PLACEMENTFILE_H
#define MOE_LIB_DRIVER_PLACEMENTFILE_H

#include "BalancedLayers.h"
#include "moe/Json/InputError.h"
#include <map>

namespace mlir::moe {

/// A moe-placement/1 document.
struct PlacementFile {
  int64_t ranks = 0, slots = 0;
  /// By row of the loads. Weights are even where the file has none.
  std::map<int64_t, PlacementResult> layers;
};

std::optional<PlacementFile> readPlacementFile(llvm::StringRef path,
                                               InputErrors &errors);

/// In the format of the options.
void writePlacement(const BalanceOptions &options,
                    llvm::ArrayRef<BalancedLayer> layers,
                    llvm::raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_PLACEMENTFILE_H
