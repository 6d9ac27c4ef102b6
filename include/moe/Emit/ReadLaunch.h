//===- ReadLaunch.h - Launch operations as a job view -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_EMIT_READLAUNCH_H
#define MOE_EMIT_READLAUNCH_H

#include "moe/Emit/JobView.h"
#include "moe/IR/MoE.h"

namespace mlir::moe {

/// What the emitters need of a launch. Copies; computes nothing.
JobView readLaunch(LaunchOp launch);

/// Registers one `--emit-...` translation per kind of file; each prints the
/// only launch of a module.
void registerEmitTranslations();

} // namespace mlir::moe

#endif // MOE_EMIT_READLAUNCH_H
