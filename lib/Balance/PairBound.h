//===- PairBound.h - What pairs of even shares cannot be below --*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Even dispatch, two slots a rank, P slots in all. Take a load T and an h above
// T/2. Within T a share of at least h needs a partner of at most T-h, an empty
// slot at best. Count 2 for a share of at least h, 0 for one of at most T-h, 1
// for others: no pair counts more than 2, so all P slots count at most P. If
// all shares count 1, that says that there are at most P copies.
//
// An expert of load w in c copies adds c times the count of w/c. For one h
// alone there are mostly copies enough; but they must do for every h at once.
// So give each h a weight, all weights 1 in sum: the sum over the experts of
// their cheapest c times weighted count is at most P, or nothing is within T.
// The weights that prove most are the solution of a game (a linear program);
// they are approached by multiplicative weights (Freund and Schapire, 1999),
// and whatever weights are reached, what they prove is proven.
//
// Where there are few ways to count copies at all, each is tried: with copies
// counted, the best pairs are known (PairFold.h).
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_PAIRBOUND_H
#define MOE_LIB_BALANCE_PAIRBOUND_H

#include "moe/Balance/PlacementProblem.h"

namespace mlir::moe {

/// Raises `bound`, of a problem with two slots a rank, where pairs are a
/// stronger reason.
void raiseByPairs(const PlacementProblem &problem, LoadBound &bound);

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_PAIRBOUND_H
