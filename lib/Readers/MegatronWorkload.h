//===- MegatronWorkload.h - A workload in flags of Megatron-LM --*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_MEGATRONWORKLOAD_H
#define MOE_LIB_READERS_MEGATRONWORKLOAD_H

#include "FlagSet.h"

namespace mlir::moe {

/// States what follows from several flags or from their absence: precision,
/// recomputation, optimizer, exchange of tokens, graphs, loss.
void readMegatronWorkload(const FlagSet &flags, Recipe &recipe);

} // namespace mlir::moe

#endif // MOE_LIB_READERS_MEGATRONWORKLOAD_H
