//===- DeepSpeedFlags.h - Flags of Megatron-DeepSpeed -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_READERS_DEEPSPEEDFLAGS_H
#define MOE_LIB_READERS_DEEPSPEEDFLAGS_H

#include "FlagSet.h"

namespace mlir::moe {

/// What Megatron-DeepSpeed, a fork, has in common with Megatron-LM.
FlagSet readMegatronTraining(llvm::ArrayRef<shell::Word> words, Recipe &recipe,
                             InputErrors &errors);

/// States which layers have experts, their width and how many a token takes,
/// by the defaults of Megatron-DeepSpeed.
void readDeepSpeedExperts(const FlagSet &flags, Recipe &recipe);

} // namespace mlir::moe

#endif // MOE_LIB_READERS_DEEPSPEEDFLAGS_H
