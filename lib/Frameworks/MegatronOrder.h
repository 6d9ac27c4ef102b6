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
// named twice and then may build groups with ranks outside the world,
// half-understands upper case, and overlooks a missing tp because `gtp_remat`
// contains it.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_FRAMEWORKS_MEGATRONORDER_H
#define MOE_LIB_FRAMEWORKS_MEGATRONORDER_H

#include "Problems.h"

namespace mlir::moe {

/// Names of axes, from the smallest to the largest stride.
using Axes = llvm::SmallVector<llvm::StringRef, 6>;

struct MegatronOrder {
  /// Each axis once, where it is named first; they refer to static storage.
  Axes axes;
  /// The axes that are named more than once.
  Axes repeated;
};

/// The axes that `order` names, in upper or lower case, or nothing if it cannot
/// be read; then the problems say why.
std::optional<MegatronOrder> parseMegatronOrder(llvm::StringRef order,
                                                Problems &problems);

/// An axis of the order and what it counts on the two grids.
struct AxisDegrees {
  llvm::StringRef name;
  Degree attention, experts;
};

/// Every axis of a size other than 1 is named, and tp always.
bool checkOrderIsComplete(llvm::StringRef order,
                          llvm::ArrayRef<llvm::StringRef> axes,
                          llvm::ArrayRef<AxisDegrees> sizes,
                          Problems &problems);

/// The axes with pp as the last one.
Axes withPipelineLast(llvm::ArrayRef<llvm::StringRef> axes);

/// The axes with `gtp_remat` where Megatron puts it unless it is named: behind
/// `anchor`, or behind tp where that is not named.
Axes withGtpRemat(llvm::ArrayRef<llvm::StringRef> axes, llvm::StringRef anchor);

} // namespace mlir::moe

#endif // MOE_LIB_FRAMEWORKS_MEGATRONORDER_H
