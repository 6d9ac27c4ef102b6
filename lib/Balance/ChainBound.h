//===- ChainBound.h - What chains of ranks cannot be below ------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With few redundant slots every rank is full, so a heavy expert is never alone
// on its ranks. ChainSearch.h shows that a placement with R < G-1 redundant
// slots is G-R chains, of k ranks and exactly k(S-1)+1 experts each. That gives
// five bounds that counting copies alone does not.
//
// Whole tokens. Let n be the mean rounded down and m the tokens above that, m
// at most G-R. Within T = n+f a chain of k ranks has at most nk + floor(kf).
// For one token more than nk it needs ceil(1/f) ranks, for two at least twice
// as many less one: a chain each is no dearer. So m(ceil(1/f)-1) <= R.
//
// Shortest. One of the chains has at most G/(G-R) ranks, and no lighter experts
// than the lightest.
//
// Company. Of the jG+1 heaviest experts some chain of k ranks has at least
// jk+1. It has at least the jk+1 lightest of those and the lightest experts of
// all besides, and k is at most R+1.
//
// Prefix. The chains of the h heaviest experts, q of them, have K ranks in all,
// K <= R+q, and K(S-1)+q experts: the mean of their ranks is a bound.
//
// Steps. Let s be any load and t = T - s(S-1). A chain within T that has the
// experts A above s holds sum over A of (w-s) + s - d <= kt, where d is what
// its other experts are lighter than s. With f = ceil((w-s)/t) - 1 and the rest
// x = (w-s) - ft, k ranks with k-1 = sum(f) - r need d >= sum(x) + (r-1)t. All
// k-1 sum to R, so if all f sum to R+X some chains save, X in all. No placement
// is within T if no chain can save one: with m = sum(f) it has at most m(S-1)
// lighter experts to take d from. Nor if the X smallest x are more than all
// there is to take.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_CHAINBOUND_H
#define MOE_LIB_BALANCE_CHAINBOUND_H

#include "moe/Balance/PlacementProblem.h"

namespace mlir::moe {

/// Raises `bound` where the chains of a problem with fewer than E + G - 1 slots
/// are a stronger reason.
void raiseByChains(const PlacementProblem &problem, LoadBound &bound);

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_CHAINBOUND_H
