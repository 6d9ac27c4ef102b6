//===- Passes.h - Passes ----------------------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TRANSFORMS_PASSES_H
#define MOE_TRANSFORMS_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "moe/IR/MoE.h"

namespace mlir::moe {

#define GEN_PASS_DECL
#include "moe/Transforms/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "moe/Transforms/Passes.h.inc"

/// What the launch level holds at most: its host table grows with the ranks (8
/// s and some GiB for a bundle of this size). `moe-build-launch` refuses more.
constexpr int64_t maxLaunchRanks = int64_t(1) << 21;

/// Adds the passes that decide what a plan leaves open: meshes, stages,
/// placements.
void buildDecidePipeline(OpPassManager &pm);

/// From a plan as stated to `moe.launch`.
void buildLowerPipeline(OpPassManager &pm);

/// Registers every pass and the pipelines `moe-decide-pipeline` and
/// `moe-lower-pipeline`.
void registerMoEPasses();

} // namespace mlir::moe

#endif // MOE_TRANSFORMS_PASSES_H
