//===- FrameworkAnswer.h - What a framework says of a plan -----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_FRAMEWORKANSWER_H
#define MOE_LIB_CHECK_FRAMEWORKANSWER_H

#include "moe/Analysis/PlanModel.h"
#include <string>
#include <vector>

namespace mlir::moe {

/// Whether the plan names a framework and has the figures that it is asked
/// with.
bool canAskFramework(const PlanModel &plan);

/// What a framework says when it builds its process groups.
struct FrameworkAnswer {
  std::vector<std::string> problems; ///< empty when it builds them
  /// What its servers or training scripts refuse all the same.
  std::vector<std::string> warnings;
};

/// The answer of the framework of the plan. Only where it can be asked.
FrameworkAnswer askFramework(const PlanModel &plan);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_FRAMEWORKANSWER_H
