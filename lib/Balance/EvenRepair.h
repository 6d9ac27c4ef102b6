//===- EvenRepair.h - Few moves to a better even placement ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A repair lowers what all ranks together have above the target, each time by
// the change that lowers it most for what its moves cost (MovePrices.h):
//
// - a copy is given up where its expert has others, which moves nothing;
// - a copy moves to a slot that is empty, or whose expert has other copies: one
//   move, where an exchange of two experts takes two;
// - an expert gets a further copy in such a slot: one move;
// - two experts exchange places: two moves.
//
// What is best next is not always best in the end, so the same is done a few
// times with random weights, and the cheapest that reaches the target counts.
// Of that one a random part is made again, many times, and the rest is looked
// for anew (large neighbourhood search; Shaw, CP 1998).
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_EVENREPAIR_H
#define MOE_LIB_BALANCE_EVENREPAIR_H

#include "EvenPlacement.h"
#include "MovePrices.h"

namespace mlir::moe {

/// Changes the placement until no rank is above `goal`, nothing helps or
/// `moves` copies have moved.
void repairEvenly(const PlacementProblem &problem, EvenPlacement &placement,
                  double goal, int64_t moves, const MovePrices &prices);

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_EVENREPAIR_H
