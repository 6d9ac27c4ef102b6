//===- Solve.h - What a number would have to be -----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// "70 % would need 0.006 s": the inverse of a claim in one of its numbers.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CLAIMS_SOLVE_H
#define MOE_LIB_CLAIMS_SOLVE_H

#include "Evaluator.h"

namespace mlir::moe {

/// The number that a quotient below `root` is about: the only one in its
/// dividend; of `change(a, b)` the only one in b. Nothing where there is no
/// such.
std::optional<unsigned> drivingNumber(const ClaimTree &tree, unsigned root);

/// The only time below `root`, in `8 * 776 MB / 55 ms` the 55 ms.
std::optional<unsigned> onlyTime(const ClaimTree &tree, unsigned root);

/// The value of the node `number` with which `root` would be `target`, by the
/// evaluated values of all other nodes. Nothing where no value does it, or
/// where a function on the way has no inverse.
std::optional<ClaimValue> solveFor(const ClaimTree &tree,
                                   const Evaluator &evaluator, unsigned root,
                                   unsigned number, const ClaimValue &target);

} // namespace mlir::moe

#endif // MOE_LIB_CLAIMS_SOLVE_H
