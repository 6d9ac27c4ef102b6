//===- WindowPlacement.h - One placement under several loads ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A placement with equal shares, as EvenPlacement.h, with as many times of a
// rank as there are windows. Each is over the mean of its window, so that they
// compare.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_WINDOWPLACEMENT_H
#define MOE_LIB_BALANCE_WINDOWPLACEMENT_H

#include "moe/Balance/PlacementProblem.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace mlir::moe {

/// Windows without load count as 0 everywhere. No rank ever holds an expert
/// twice, and every expert keeps a copy.
class WindowPlacement {
public:
  explicit WindowPlacement(llvm::ArrayRef<PlacementProblem> windows);

  void load(std::vector<int32_t> slots);
  const std::vector<int32_t> &slots() const { return experts; }
  const PlacementProblem &shape() const { return windows.front(); }
  size_t numWindows() const { return windows.size(); }

  /// The largest time of all, and where it is.
  struct Peak {
    double time = 0;
    int64_t rank = 0;
    size_t window = 0;
  };
  Peak peak() const;

  /// Loads of a copy by window, and the sum of them; an empty slot has none.
  const double *shares(int32_t expert) const {
    return &share[size_t(expert + 1) * numWindows()];
  }
  double totalShare(int32_t expert) const;
  llvm::ArrayRef<int32_t> holdersOf(int32_t expert) const {
    return holders[expert];
  }
  int64_t copies(int32_t expert) const {
    return int64_t(holders[expert].size());
  }
  llvm::ArrayRef<int32_t> slotsOf(int64_t rank) const {
    return llvm::ArrayRef(experts).slice(rank * shape().slots,
                                         shape().slotsOf(rank));
  }
  bool holds(int64_t rank, int32_t expert) const {
    return llvm::is_contained(slotsOf(rank), expert);
  }

  /// The largest time of the ranks that a change touches, over all windows, or
  /// anything from `limit` on; `first` is the window looked at first.
  double timeOfExchange(int64_t slot, int64_t other, double limit,
                        size_t first) const;
  double timeOfReplacing(int64_t slot, int32_t expert, double limit,
                         size_t first) const;
  void exchange(int64_t slot, int64_t other);
  /// A further copy of `expert`; what was in the slot has other copies.
  void replace(int64_t slot, int32_t expert);

private:
  double timeWith(int64_t rank, size_t window, double more) const {
    return (loads[size_t(rank) * numWindows() + window] + more) *
           slowness[rank];
  }
  void add(int64_t rank, int32_t expert, double sign);
  void setShare(int32_t expert);

  llvm::ArrayRef<PlacementProblem> windows;
  std::vector<int32_t> experts;
  std::vector<double> whole, share; // by expert and window
  std::vector<double> loads;        // by rank and window
  std::vector<double> slowness;
  std::vector<llvm::SmallVector<int32_t, 4>> holders;
};

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_WINDOWPLACEMENT_H
