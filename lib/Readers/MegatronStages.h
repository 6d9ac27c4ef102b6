//===- MegatronStages.h - Stages in flags of Megatron-LM --------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_MEGATRONSTAGES_H
#define MOE_LIB_READERS_MEGATRONSTAGES_H

#include "FlagSet.h"

namespace mlir::moe {

/// States the order of ranks, the virtual stages, and the layout where layers
/// are not spread evenly.
void readMegatronStages(const FlagSet &flags, Recipe &recipe);

} // namespace mlir::moe

#endif // MOE_LIB_READERS_MEGATRONSTAGES_H
