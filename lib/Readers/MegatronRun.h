//===- MegatronRun.h - How Megatron-LM runs a step --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_MEGATRONRUN_H
#define MOE_LIB_READERS_MEGATRONRUN_H

#include "FlagSet.h"

namespace mlir::moe {

/// States how tokens are dispatched, which parts of a step are CUDA graphs, and
/// what context-parallel ranks exchange.
void readMegatronRun(const FlagSet &flags, Recipe &recipe);

} // namespace mlir::moe

#endif // MOE_LIB_READERS_MEGATRONRUN_H
