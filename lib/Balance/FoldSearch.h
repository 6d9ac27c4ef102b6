//===- FoldSearch.h - Copies for ranks of two slots -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With two slots a rank, once the copies are counted the best pairs are known
// (PairFold.h). So only the counts are searched.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_FOLDSEARCH_H
#define MOE_LIB_BALANCE_FOLDSEARCH_H

#include "moe/Balance/PlacementProblem.h"

namespace mlir::moe {

/// The slots of pairs with a low maximum, for a problem of uniform ranks with
/// two slots. Ends at `goal` or after `effort` experts read.
std::vector<int32_t> searchFold(const PlacementProblem &problem, double goal,
                                int64_t effort);

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_FOLDSEARCH_H
