//===- PairEnumeration.h - All ways to count and pair copies ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Few experts on few ranks of two slots, Mixtral's 8 on 8 for one: there are
// some thousand ways to count the copies, and the best pairs of each are known
// (PairFold.h).
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_PAIRENUMERATION_H
#define MOE_LIB_BALANCE_PAIRENUMERATION_H

#include "PairFold.h"
#include "moe/Balance/PlacementProblem.h"

namespace mlir::moe {

/// The copies whose best pairs have the least maximum of all, in ascending
/// order; none where there are too many ways. For uniform ranks with two slots.
std::vector<CopyRun> enumeratePairs(const PlacementProblem &problem);

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_PAIRENUMERATION_H
