//===- PairBound.h - What pairs of even shares cannot be below --*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Even dispatch, two slots a rank, P slots in all. Take a load T and an x below
// T/2. Within T a share above T-x needs a partner of at most x, an empty slot
// at best, so there are at most as many of those as of these. Count 2 for a
// share above T-x, 1 for one above x, 0 below: the counts of all P slots sum to
// at most P.
//
// An expert of load w in c copies adds c times the count of w/c. Few copies
// make large shares, many use slots up, and all copies together are at most P
// too; for any price p >= 0 of a slot, the sum over the experts of their
// cheapest c * (count + p) is at most P * (1 + p), or nothing is within T. Only
// three c of an expert can be the cheapest: the fewest that make w/c at most T,
// T-x and x.
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
