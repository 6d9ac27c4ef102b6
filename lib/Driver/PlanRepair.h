//===- PlanRepair.h - Fixes applied to a plan file --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_PLANREPAIR_H
#define MOE_LIB_DRIVER_PLANREPAIR_H

#include "LoadPlan.h"
#include "moe/Check/Finding.h"

namespace mlir::moe {

/// A plan file after its repair.
struct RepairedPlan {
  std::string text;
  LoadedPlan loaded;
  /// Rule of the finding and the fix, in the order of application.
  std::vector<std::pair<std::string, Fix>> applied;
  /// Whether a fix was offered and left out, as it makes something else wrong.
  bool refused = false;
};

/// The language that a plan file is written in. The text of JSON is edited, so
/// that comments stay; MLIR is printed anew.
enum class PlanLanguage : uint8_t { Json, Mlir };

/// Applies fixes that findings offer, one at a time, until none is left. After
/// each one the text is read and checked again: it stays when its finding is
/// gone and no error that keeps the plan from being built is new. `target` is
/// the file that the text is meant for; paths inside the plan are relative to
/// it. `baseline` may be null. Nothing with an explanation on `err` when the
/// text cannot be read.
std::optional<RepairedPlan> repairPlan(StringRef text, PlanLanguage language,
                                       StringRef target, MLIRContext *context,
                                       PlanOp baseline, raw_ostream &err);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_PLANREPAIR_H
