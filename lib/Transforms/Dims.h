//===- Dims.h - Dimensions that may be unknown ------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_TRANSFORMS_DIMS_H
#define MOE_LIB_TRANSFORMS_DIMS_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MathExtras.h"
#include <optional>

namespace mlir::moe {

/// A dimension of a type, and back; an unknown number is `?`.
inline int64_t toDim(std::optional<int64_t> value) {
  return value.value_or(ShapedType::kDynamic);
}
inline std::optional<int64_t> toKnown(int64_t dim) {
  return ShapedType::isDynamic(dim) ? std::nullopt
                                    : std::optional<int64_t>(dim);
}

/// `a` / `b`, unknown when it is not whole.
inline int64_t divideDim(int64_t a, int64_t b) {
  return ShapedType::isDynamic(a) || a % b != 0 ? ShapedType::kDynamic : a / b;
}
inline int64_t multiplyDim(int64_t a, int64_t b) {
  int64_t result;
  if (ShapedType::isDynamic(a) || ShapedType::isDynamic(b) ||
      llvm::MulOverflow(a, b, result))
    return ShapedType::kDynamic;
  return result;
}

} // namespace mlir::moe

#endif // MOE_LIB_TRANSFORMS_DIMS_H
