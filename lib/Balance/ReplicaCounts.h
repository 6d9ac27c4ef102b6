//===- ReplicaCounts.h - Copies of each expert ------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_REPLICACOUNTS_H
#define MOE_LIB_BALANCE_REPLICACOUNTS_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace mlir::moe {

/// One copy of each expert, and each further slot to the expert whose copies
/// have the largest share; of equal shares to the lowest index. This makes the
/// largest share as small as it can be: a smaller one would need more slots for
/// each expert that got one. No expert gets more than `most`; slots that nobody
/// may take stay empty. `Real` is the precision of the comparison.
template <typename Real, typename Load>
std::vector<int32_t> countReplicas(const std::vector<Load> &loads,
                                   int64_t slots, int64_t most = INT32_MAX) {
  std::vector<int32_t> copies(loads.size(), 1);
  using Entry = std::pair<Real, int64_t>; // share, -expert
  std::vector<Entry> largest;
  for (std::size_t expert = 0; expert < loads.size(); ++expert)
    largest.push_back({Real(loads[expert]), -int64_t(expert)});
  std::make_heap(largest.begin(), largest.end());
  if (most <= 1)
    largest.clear();
  for (int64_t slot = loads.size(); slot < slots && !largest.empty(); ++slot) {
    std::pop_heap(largest.begin(), largest.end());
    int64_t expert = -largest.back().second;
    ++copies[expert];
    if (copies[expert] < most) {
      largest.back().first = Real(loads[expert]) / Real(copies[expert]);
      std::push_heap(largest.begin(), largest.end());
    } else {
      largest.pop_back();
    }
  }
  return copies;
}

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_REPLICACOUNTS_H
