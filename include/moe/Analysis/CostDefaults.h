//===- CostDefaults.h - What an estimate takes for granted ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_COSTDEFAULTS_H
#define MOE_ANALYSIS_COSTDEFAULTS_H

#include "moe/Analysis/PlanModel.h"
#include "moe/Cost/Job.h"

namespace mlir::moe {

/// A setting of the workload that the plan leaves out.
struct TakenSetting {
  std::string key;    ///< of the plan file, "dispatcher"
  std::string value;  ///< "hybridep"
  std::string source; ///< "default", "recipes of Megatron-Bridge 2026-06"
};

/// Fills in the settings of `workload` that `plan` does not state, and lists
/// them. Where the plan says which release of Megatron-Core runs it, they are
/// those of its recipes.
std::vector<TakenSetting> applyCostDefaults(const PlanModel &plan,
                                            cost::Workload &workload);

} // namespace mlir::moe

#endif // MOE_ANALYSIS_COSTDEFAULTS_H
