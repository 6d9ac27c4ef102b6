//===- LayerRuns.h - Which layers have experts ------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_MODEL_LAYERRUNS_H
#define MOE_MODEL_LAYERRUNS_H

#include "ConfigFamilies.h"
#include "ConfigReader.h"

namespace mlir::moe {

/// Sets `shape.layerRuns` from the keys that the family's rule names, with
/// `shape.numLayers` and the number of experts known. Keys are read, and
/// counted as read, also when the layers are unknown.
void readLayerRuns(ConfigReader &reader, const ConfigFamily &family,
                   ModelShape &shape);

} // namespace mlir::moe

#endif // MOE_MODEL_LAYERRUNS_H
