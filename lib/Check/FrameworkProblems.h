//===- FrameworkProblems.h - Whether a framework builds a plan --*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_FRAMEWORKPROBLEMS_H
#define MOE_LIB_CHECK_FRAMEWORKPROBLEMS_H

#include "moe/Analysis/PlanModel.h"
#include <string>
#include <vector>

namespace mlir::moe {

/// Whether the plan names a framework and has the figures that it is asked
/// with.
bool canAskFramework(const PlanModel &plan);

/// What the framework of the plan says when it builds its process groups; empty
/// when it builds them. Only where it can be asked.
std::vector<std::string> frameworkProblems(const PlanModel &plan);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_FRAMEWORKPROBLEMS_H
