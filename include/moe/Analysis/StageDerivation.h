//===- StageDerivation.h - Layers of pipeline stages --------------*- C++
//-*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_STAGEDERIVATION_H
#define MOE_ANALYSIS_STAGEDERIVATION_H

#include "moe/Analysis/PlanDecisions.h"
#include "moe/Analysis/PlanModel.h"

namespace mlir::moe {

/// The stages that a plan implies: by its layout, or an even split of its
/// layers. Stage `index` runs chunks index, index + pp, index + 2 x pp, ... On
/// failure returns nothing and sets `error`.
std::optional<std::vector<DecidedStage>> deriveStages(const PlanModel &plan,
                                                      std::string &error);

} // namespace mlir::moe

#endif // MOE_ANALYSIS_STAGEDERIVATION_H
