//===- RecipeSettings.h - What NVIDIA's recipes set -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_RECIPESETTINGS_H
#define MOE_COST_RECIPESETTINGS_H

#include "moe/Cost/Job.h"

namespace mlir::moe::cost {

/// Settings that change speed and that plans and published tables often leave
/// out, as the training recipes of Megatron-Bridge choose them
/// (scripts/performance/configs/*_workload_base_configs.py of each release).
struct RecipeSettings {
  GraphScope graphs = GraphScope::None;
  bool expertOverlap = false, tensorOverlap = false;
  TokenDispatcher dispatcher = TokenDispatcher::AllToAll;
};

/// What recipes are chosen by.
struct RecipeQuestion {
  llvm::StringRef gpu;
  NumberFormat precision = NumberFormat::BF16;
  /// Some layers have experts.
  bool sparse = true;
  /// Routing is not forced to balance, which leaves no static shapes for graphs
  /// of whole steps.
  bool naturalRouting = false;
  /// Of the release: year x 12 + month.
  int64_t softwareMonth = 0;
};

RecipeSettings recipeSettings(const RecipeQuestion &question);

} // namespace mlir::moe::cost

#endif // MOE_COST_RECIPESETTINGS_H
