//===- PlanEdit.h - One key of a plan file, changed in place ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_PLANEDIT_H
#define MOE_LIB_DRIVER_PLANEDIT_H

#include "moe/Check/Finding.h"
#include "moe/IR/MoE.h"
#include <optional>
#include <string>

namespace mlir::moe {

/// The text of a plan file with a key set to its value, or taken out for
/// "null"; all other bytes, comments outside the old value too, stay. `plan` is
/// what the importer made of `text`. Nothing when the place is not where it is
/// expected; whether the result is the plan that was meant, its reader has to
/// check.
std::optional<std::string> editPlan(llvm::StringRef text, PlanOp plan,
                                    const KeyChange &change);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_PLANEDIT_H
