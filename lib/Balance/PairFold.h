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
// ones; the rest is folded as before. How many heavier ones is tried. Seldom
// another expert then meets itself in the rest: the maximum is one that no
// placement is below, but a placement has to do without that pair.
//
// The copies of an expert lie together in the list and are folded together, so
// that the cost of a fold is the number of experts and not of slots.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_PAIRFOLD_H
#define MOE_LIB_BALANCE_PAIRFOLD_H

#include "llvm/ADT/ArrayRef.h"
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace mlir::moe {

/// The copies of an expert, with the share of each; empty slots are those of
/// expert -1.
struct CopyRun {
  double share;
  int32_t expert;
  int32_t copies;
  bool operator<(const CopyRun &other) const {
    return share != other.share ? share < other.share : expert < other.expert;
  }
};

class PairFold {
public:
  /// As many copies as slots, in ascending order; none of an expert more than
  /// half of them. A maximum above `limit` may be less than it really is.
  explicit PairFold(llvm::ArrayRef<CopyRun> sorted, double limit = HUGE_VAL);

  /// The largest sum of a pair, and who they are.
  double maximum() const { return most; }
  std::pair<int32_t, int32_t> binding() const { return worst; }
  /// Calls `take(i, j, n)`: n copies of run i have one of run j as partner.
  template <typename Take>
  void forEachPair(Take take) const;

private:
  bool isDivided() const { return middle < sorted.size(); }
  int64_t left(size_t run) const;
  void divide(size_t run);
  void setHeavier(int64_t count);
  size_t measure();

  llvm::ArrayRef<CopyRun> sorted;
  /// The run in the middle, if it meets itself. Its partners are all of the
  /// runs between `low` and `high`, and of these two what is not left.
  size_t middle, low = 0, high = 0;
  int64_t leftOfLow = 0, leftOfHigh = 0;
  double most = -1;
  std::pair<int32_t, int32_t> worst = {-1, -1};
};

/// What the partners of the run in the middle leave of a run.
inline int64_t PairFold::left(size_t run) const {
  if (!isDivided() || run < low || run > high)
    return sorted[run].copies;
  return run == low ? leftOfLow : run == high ? leftOfHigh : 0;
}

template <typename Take>
void PairFold::forEachPair(Take take) const {
  if (isDivided())
    for (size_t run = low; run <= high; ++run)
      if (int64_t taken = sorted[run].copies - left(run);
          run != middle && taken > 0)
        take(run, middle, taken);
  size_t i = 0, j = sorted.size() - 1;
  int64_t lighter = left(i), rest = left(j);
  while (i < j) {
    int64_t pairs = std::min(lighter, rest);
    if (pairs > 0)
      take(i, j, pairs);
    lighter -= pairs, rest -= pairs;
    if (lighter == 0)
      lighter = left(++i);
    else
      rest = left(--j);
  }
  // Those of one run that are left meet each other.
  if (int64_t pairs = std::min(lighter, rest) / 2; pairs > 0)
    take(i, i, pairs);
}

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_PAIRFOLD_H
