//===- Picoseconds.h - Times of single operations ------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_COST_PICOSECONDS_H
#define MOE_LIB_COST_PICOSECONDS_H

#include "moe/Cost/Count.h"
#include <cmath>

namespace mlir::moe::cost {

/// Times of operations are whole picoseconds, so that their sum does not
/// depend on the order. Unknown from 53 days on.
inline Count toPicoseconds(double seconds) {
  double picoseconds = std::round(seconds * 1e12);
  if (!(picoseconds < 4.6e18))
    return std::nullopt;
  return static_cast<int64_t>(picoseconds);
}
inline double toSeconds(Count picoseconds) {
  return static_cast<double>(picoseconds.valueOr(0)) * 1e-12;
}

} // namespace mlir::moe::cost

#endif // MOE_LIB_COST_PICOSECONDS_H
