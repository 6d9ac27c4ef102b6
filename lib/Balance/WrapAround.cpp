//===- WrapAround.cpp - Exact balance by wrap-around ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WrapAround.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cassert>

using namespace mlir::moe;

namespace {
/// The items that are left, split at the upper end of the window.
class SlidingWindow {
public:
  SlidingWindow(std::vector<LoadItem> sorted, int64_t slots)
      : sorted(std::move(sorted)), slots(slots) {}

  /// Starts at the last `slots` items below and slides upwards until the sum of
  /// the window reaches `share`; returns that sum.
  int64_t slideTo(int64_t share);
  /// Takes the largest item of the window, then the next ...
  LoadItem take() {
    LoadItem item = below.back();
    below.pop_back();
    return item;
  }
  void putBack(LoadItem item) {
    // Behind its equals: padding is plenty, and should not be moved.
    below.insert(llvm::upper_bound(below, item), item);
  }

private:
  bool isFull() const { return int64_t(below.size()) >= slots; }

  std::vector<LoadItem> sorted;
  size_t next = 0; // first item above the window
  std::vector<LoadItem> below;
  int64_t slots;
};
} // namespace

int64_t SlidingWindow::slideTo(int64_t share) {
  int64_t sum = 0;
  size_t size = std::min(below.size(), size_t(slots));
  for (const LoadItem &item : llvm::ArrayRef(below).take_back(size))
    sum += item.tokens;
  while (!isFull() || sum < share) {
    if (isFull())
      sum -= below[below.size() - slots].tokens;
    below.push_back(sorted[next++]);
    sum += below.back().tokens;
  }
  return sum;
}

void mlir::moe::wrapAround(
    std::vector<LoadItem> items, int64_t ranks, int64_t slots,
    llvm::function_ref<void(int64_t, int32_t, int64_t)> assign) {
  int64_t share = 0;
  for (LoadItem &item : items) {
    share += item.tokens; // the mean, scaled by `ranks`
    item.tokens *= ranks;
  }
  wrapAroundShare(std::move(items), ranks, slots, share, assign);
}

void mlir::moe::wrapAroundShare(
    std::vector<LoadItem> items, int64_t ranks, int64_t slots, int64_t share,
    llvm::function_ref<void(int64_t, int32_t, int64_t)> assign) {
  assert(int64_t(items.size()) <= ranks * (slots - 1) + 1);
  items.resize(ranks * (slots - 1) + 1, LoadItem{0, -1});
  llvm::sort(items);
  auto give = [&](int64_t rank, const LoadItem &item) {
    if (item.expert >= 0)
      assign(rank, item.expert, item.tokens);
  };
  SlidingWindow window(std::move(items), slots);
  for (int64_t rank = 0; rank < ranks; ++rank) {
    int64_t remainder = window.slideTo(share) - share;
    LoadItem divided = window.take();
    for (int64_t i = 0; i < slots - 1; ++i)
      give(rank, window.take());
    if (remainder < divided.tokens || divided.tokens == 0) {
      give(rank, {divided.tokens - remainder, divided.expert});
      // Nothing is left of it. Where nothing was taken it is still to be
      // placed.
      if (remainder == 0)
        divided.expert = -1;
    }
    divided.tokens = remainder;
    window.putBack(divided);
  }
}
