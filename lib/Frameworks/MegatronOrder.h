//===- MegatronOrder.h - The axis order of Megatron-Core --------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads order strings such as `tp-cp-ep-dp-pp`: axes from the smallest to the
// largest stride. Megatron's own reading of them has holes: it accepts an axis
// named twice and builds groups with ranks outside the world, half-understands
// upper case, and overlooks a missing tp because `gtp_remat` contains it.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_FRAMEWORKS_MEGATRONORDER_H
#define MOE_LIB_FRAMEWORKS_MEGATRONORDER_H

#include "Problems.h"

namespace mlir::moe {

/// The axes that `order` names, in upper or lower case, or nothing if it cannot
/// be read; then the problems say why.
std::optional<llvm::SmallVector<llvm::StringRef, 6>>
parseMegatronOrder(llvm::StringRef order, Problems &problems);

/// Every axis of a size other than 1 is named, and tp always.
bool checkOrderIsComplete(llvm::StringRef order,
                          llvm::ArrayRef<llvm::StringRef> axes,
                          llvm::ArrayRef<Degree> sizes, Problems &problems);

/// The order with pp as its last axis.
std::string orderWithPipelineLast(llvm::ArrayRef<llvm::StringRef> axes);

} // namespace mlir::moe

#endif // MOE_LIB_FRAMEWORKS_MEGATRONORDER_H
