//===- StageTransfers.h - Whether stage functions meet ----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ranks of one stage run one function, so what they execute together is in one
// order. Ranks of different stages meet only in transfers; this checks that
// they meet.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_TRANSFORMS_STAGETRANSFERS_H
#define MOE_LIB_TRANSFORMS_STAGETRANSFERS_H

#include "mlir/IR/BuiltinOps.h"

namespace mlir::moe {

/// Fails, with a message at the operation, unless in the functions `@stage<i>`
/// of the module
/// - the k-th tensor that stage i sends to stage j is the k-th that stage j
///   receives from stage i, and of the same type;
/// - no other collective spans the `pp` axis of a view: the members of its
///   groups would run different functions.
LogicalResult verifyStageTransfers(ModuleOp module);

} // namespace mlir::moe

#endif // MOE_LIB_TRANSFORMS_STAGETRANSFERS_H
