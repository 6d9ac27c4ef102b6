//===- WrapAround.h - Exact balance by wrap-around --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Claim. n = k(S-1)+1 items can be divided over k ranks so that each rank gets
// exactly the mean c, with parts of at most S distinct items on a rank.
//
// Rule. Sort the items. For each rank slide a window of S consecutive items
// upwards from the smallest until its sum reaches c. The rank takes the S-1
// smaller ones whole and of the largest what is missing to c; the remainder
// goes back to its place in the order. The last rank takes what is left.
//
// Proof, by induction over the ranks that are left, k of them with n = k(S-1)+1
// items of sum kc. A window that reaches c exists: the S largest items sum to
// at least S * kc / n, and Sk >= n. The S-1 smaller items of the first such
// window sum to at most c: if it is the very first window, they are the S-1
// smallest items of all, at most (S-1) * kc / n < c; otherwise they are part of
// the window before, which did not reach c. So the rank gets exactly c. S-1
// items are gone, (k-1)(S-1)+1 are left, with the sum (k-1)c; for k = 1, the S
// items left are the last rank's. The items of a window are distinct, and so
// are their experts.
//
// This is McNaughton's wrap-around rule (Management Science 6, 1959) and
// Walker's alias table (1977, S = 2) for any number of slots.
//
// The first window is found without starting over: with the remainder inserted
// no window that ends below it grew, so the search goes on at the last S items
// below the old window's end.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_WRAPAROUND_H
#define MOE_LIB_BALANCE_WRAPAROUND_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include <cstdint>
#include <vector>

namespace mlir::moe {

/// An expert and its tokens; padding is an expert of -1 without tokens.
struct LoadItem {
  int64_t tokens;
  int32_t expert;
  bool operator<(const LoadItem &other) const {
    return tokens != other.tokens ? tokens < other.tokens
                                  : expert < other.expert;
  }
};

/// Divides the items, at most ranks * (slots - 1) + 1 of them, over the ranks
/// by the rule above. `assign(rank, expert, part)` is called for each part of
/// an expert, with its tokens times `ranks`: a whole number, so nothing is
/// rounded. The sum of tokens times `ranks` must fit an int64_t. An expert
/// without tokens is assigned once.
void wrapAround(
    std::vector<LoadItem> items, int64_t ranks, int64_t slots,
    llvm::function_ref<void(int64_t rank, int32_t expert, int64_t part)>
        assign);

/// The same for items that sum to ranks * `share`, which is scaled already:
/// `assign` gets tokens as they are.
void wrapAroundShare(
    std::vector<LoadItem> items, int64_t ranks, int64_t slots, int64_t share,
    llvm::function_ref<void(int64_t rank, int32_t expert, int64_t part)>
        assign);

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_WRAPAROUND_H
