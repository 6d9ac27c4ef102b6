//===- RecomputeModules.h - Parts a backward pass computes again *- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The modules of Megatron-LM's --recompute-modules, and which of them a model
// has.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_RECOMPUTEMODULES_H
#define MOE_LIB_CHECK_RECOMPUTEMODULES_H

#include "moe/Analysis/PlanModel.h"
#include "moe/Cost/Job.h"

namespace mlir::moe {

struct NamedModule {
  llvm::StringRef name; ///< "mla_up_proj"
  cost::RecomputeModule module;
  /// Inside what "moe" recomputes.
  bool ofExperts;
  /// What a model needs for the module to be there: "latent attention"; empty
  /// for parts that every layer has.
  llvm::StringRef part;
};

/// All but whole layers.
llvm::ArrayRef<NamedModule> recomputeModules();

/// Whether a layer of the model has the part; true of models without layers,
/// of which nothing is known.
bool hasPart(const ModelFigures &model, cost::RecomputeModule module);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_RECOMPUTEMODULES_H
