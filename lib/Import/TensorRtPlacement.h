//===- TensorRtPlacement.h - Placements of TensorRT-LLM ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_IMPORT_TENSORRTPLACEMENT_H
#define MOE_LIB_IMPORT_TENSORRTPLACEMENT_H

#include "mlir/Support/LLVM.h"
#include "moe/Json/InputError.h"
#include <vector>

namespace mlir::moe {

/// The expert in every slot of a layer; the slots of a rank follow each other.
struct LayerAssignment {
  int64_t layer = 0;
  std::vector<int64_t> experts;
  unsigned line = 0;
};

/// Whether the text has such a table; no JSON of a placement does.
bool isTensorRtPlacement(StringRef text);

/// The rows of the table, in their order. Faults go to `errors`, and then what
/// is returned is not complete.
std::vector<LayerAssignment>
readTensorRtPlacement(StringRef text, StringRef file, InputErrors &errors);

} // namespace mlir::moe

#endif // MOE_LIB_IMPORT_TENSORRTPLACEMENT_H
