//===- PairFold.h - The best pairs of counted copies ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With two slots a rank, once the copies are counted the best pairs are known:
// the largest share with the smallest, the second with the second smallest, as
// if the sorted list were folded. Only in the middle an expert may meet itself.
// Then all of its copies take partners from both sides of it: some of the
// heavier ones, the lightest of those, and else the heaviest of the lighter
// ones; the rest is folded as before. How many heavier ones is tried.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_PAIRFOLD_H
#define MOE_LIB_BALANCE_PAIRFOLD_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>

namespace mlir::moe {

/// The share of a copy and its expert; an empty slot is expert -1.
using SharedCopy = std::pair<double, int32_t>;

class PairFold {
public:
  /// As many copies as slots, in ascending order; none of an expert more than
  /// half of them.
  explicit PairFold(llvm::ArrayRef<SharedCopy> sorted);

  /// The largest sum of a pair, and who they are.
  double maximum() const { return most; }
  std::pair<int32_t, int32_t> binding() const { return worst; }
  /// Calls `take` with the positions of each pair in the list.
  template <typename Take>
  void forEachPair(Take take) const {
    // What lies below and above the partners of the expert in the middle.
    size_t low = sorted.size() / 2, high = low;
    if (first < last) {
      low = first - (last - first - heavier), high = last + heavier;
      for (size_t i = 0; i < last - first; ++i)
        take(i < heavier ? last + i : low + i - heavier, first + i);
    }
    size_t above = sorted.size() - high;
    auto at = [&](size_t i) { return i < low ? i : i - low + high; };
    for (size_t i = 0; i < (low + above) / 2; ++i)
      take(at(i), at(low + above - 1 - i));
  }

private:
  void divide();
  void measure();

  llvm::ArrayRef<SharedCopy> sorted;
  /// Copies [first, last) of the expert in the middle, if it meets itself, and
  /// the number of its partners that are heavier.
  size_t first = 0, last = 0, heavier = 0;
  double most = 0;
  std::pair<int32_t, int32_t> worst = {-1, -1};
};

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_PAIRFOLD_H
