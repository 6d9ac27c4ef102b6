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

PairFold::PairFold(llvm::ArrayRef<CopyRun> sorted, double limit)
    : sorted(sorted), middle(sorted.size()) {
  size_t met = measure();
  // Pairs that nobody may make are no heavier than those made instead.
  if (most <= limit && met < sorted.size() && sorted[met].expert >= 0)
    divide(met);
}

/// Returns the run that meets itself, if any.
size_t PairFold::measure() {
  size_t met = sorted.size();
  most = -1;
  forEachPair([&](size_t i, size_t j, int64_t) {
    if (i == j)
      met = i;
    double sum = sorted[i].share + sorted[j].share;
    if (sum > most)
      most = sum, worst = {sorted[i].expert, sorted[j].expert};
  });
  return met;
}

/// The run in the middle gets the `count` lightest of the heavier copies as
/// partners, and else the heaviest of the lighter ones.
void PairFold::setHeavier(int64_t count) {
  int64_t above = count, below = sorted[middle].copies - count;
  low = high = middle;
  leftOfLow = leftOfHigh = 0;
  while (above > 0) {
    int64_t taken = std::min<int64_t>(above, sorted[++high].copies);
    leftOfHigh = sorted[high].copies - taken;
    above -= taken;
  }
  while (below > 0) {
    int64_t taken = std::min<int64_t>(below, sorted[--low].copies);
    leftOfLow = sorted[low].copies - taken;
    below -= taken;
  }
  measure();
}

/// The number of heavier partners with the least maximum.
void PairFold::divide(size_t run) {
  int64_t copies = sorted[run].copies, below = 0, above = 0;
  for (size_t i = 0; i < sorted.size(); ++i)
    (i < run ? below : above) += i == run ? 0 : sorted[i].copies;
  if (copies > below + above)
    return; // more copies than ranks: nothing can be done
  middle = run;
  // More heavier ones make the pairs of the expert heavier and the rest
  // lighter: the best is where the two meet.
  int64_t fewest = std::max<int64_t>(0, copies - below), first = fewest;
  int64_t last = std::min(copies, above);
  auto restIsHeavier = [&](int64_t count) {
    setHeavier(count);
    int32_t expert = sorted[middle].expert;
    return worst.first != expert && worst.second != expert;
  };
  while (first < last) {
    int64_t between = (first + last) / 2;
    if (restIsHeavier(between))
      first = between + 1;
    else
      last = between;
  }
  setHeavier(first);
  if (double least = most; first > fewest) {
    setHeavier(first - 1);
    if (most >= least)
      setHeavier(first);
  }
}
