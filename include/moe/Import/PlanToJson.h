//===- PlanToJson.h - moe.plan to plan files ------------------ -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The way back: importing what is written gives the same plan.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IMPORT_PLANTOJSON_H
#define MOE_IMPORT_PLANTOJSON_H

#include "moe/IR/MoE.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::moe {

/// Writes the plan file that `plan` was read from, but for comments, layout and
/// the order of keys, which is that of the format. Numbers and quantities are
/// written as stated; lists and objects of statements without elements are left
/// out. Decisions that passes derive (meshes, pipeline, placements) are no part
/// of a plan file. Fails with a diagnostic, and writes nothing, when the plan
/// holds what a plan file cannot say: a model that was changed after its keys
/// were read, or one that names neither file nor keys.
LogicalResult exportPlan(PlanOp plan, raw_ostream &os);

} // namespace mlir::moe

#endif // MOE_IMPORT_PLANTOJSON_H
