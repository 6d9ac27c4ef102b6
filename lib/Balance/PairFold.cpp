//===- PairFold.cpp - The best pairs of counted copies --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PairFold.h"
#include <algorithm>

using namespace mlir::moe;

PairFold::PairFold(llvm::ArrayRef<SharedCopy> sorted) : sorted(sorted) {
  size_t half = sorted.size() / 2;
  if (half > 0 && sorted[half].second >= 0 &&
      sorted[half].second == sorted[half - 1].second)
    divide();
  measure();
}

void PairFold::measure() {
  most = -1;
  forEachPair([&](size_t i, size_t j) {
    double sum = sorted[i].first + sorted[j].first;
    if (sum > most)
      most = sum, worst = {sorted[i].second, sorted[j].second};
  });
}

/// The number of heavier partners with the least maximum.
void PairFold::divide() {
  int32_t expert = sorted[sorted.size() / 2].second;
  size_t middle = sorted.size() / 2;
  size_t begin = middle - 1, end = middle + 1;
  while (begin > 0 && sorted[begin - 1].second == expert)
    --begin;
  while (end < sorted.size() && sorted[end].second == expert)
    ++end;
  size_t copies = end - begin, above = sorted.size() - end;
  if (copies > begin + above)
    return; // more copies than ranks: nothing can be done
  first = begin, last = end;
  // More heavier ones make the pairs of the expert heavier and the rest
  // lighter: the best is where the two meet.
  size_t low = copies > begin ? copies - begin : 0;
  size_t high = std::min(copies, above);
  auto restIsHeavier = [&](size_t count) {
    heavier = count;
    measure();
    return worst.first != expert && worst.second != expert;
  };
  while (low < high) {
    size_t between = (low + high) / 2;
    if (restIsHeavier(between))
      low = between + 1;
    else
      high = between;
  }
  heavier = low;
  measure();
  double least = most;
  if (low > (copies > begin ? copies - begin : 0)) {
    heavier = low - 1;
    measure();
    heavier = most < least ? low - 1 : low;
  }
}
