//===- ExpertTables.h - Loads and placements that a plan names  -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_IMPORT_EXPERTTABLES_H
#define MOE_LIB_IMPORT_EXPERTTABLES_H

#include "moe/IR/MoE.h"
#include "moe/Json/InputError.h"

namespace mlir::moe {

/// Reads the files that the `distribution` of `plan` names and adds a `load`
/// and a `placement` for each run of MoE layers. The model has been read.
void readExpertTables(PlanOp plan, StringRef planFile, InputErrors &errors);

} // namespace mlir::moe

#endif // MOE_LIB_IMPORT_EXPERTTABLES_H
