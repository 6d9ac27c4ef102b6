//===- ExpertCounts.h - How many experts each rank holds --------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Numbers of experts on the ranks of one expert-parallel group, as runs of
// equal counts: 22, 21, 21 is {22 x 1, 21 x 2}. Does not grow with the ranks.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_EXPERTCOUNTS_H
#define MOE_LIB_CHECK_EXPERTCOUNTS_H

#include "moe/Analysis/PlanModel.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>
#include <string>

namespace mlir::moe {

class ExpertCounts {
public:
  /// An even split, the first ranks holding one more where it must be.
  static ExpertCounts evenSplit(int64_t experts, int64_t ranks);
  /// Counts as a document lists them.
  static ExpertCounts of(llvm::ArrayRef<int64_t> counts);
  /// The split that the plan implies, or nothing where it is unknown or its
  /// slots do not hold all experts.
  static std::optional<ExpertCounts> implied(const PlanModel &plan);

  /// The same on so many groups of ranks.
  ExpertCounts repeated(int64_t groups) const;

  int64_t ranks() const;
  /// Sum of the counts; saturates.
  int64_t total() const;
  int64_t max() const;
  double mean() const;
  double maxOverMean() const;
  double populationVariance() const;
  /// Nothing for a single rank.
  std::optional<double> sampleVariance() const;
  bool isEven() const { return runs.size() <= 1; }
  /// "22, 21, 21", and with many ranks "22 on 1 rank, 21 on 63 ranks"; of many
  /// different counts the largest.
  std::string str() const;
  bool operator==(const ExpertCounts &other) const {
    return runs == other.runs;
  }

private:
  /// Count and number of ranks, the largest count first.
  llvm::SmallVector<std::pair<int64_t, int64_t>, 2> runs;
  void add(int64_t count, int64_t ranks);
  /// Sum of squared distances from the mean.
  double scatter() const;
};

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_EXPERTCOUNTS_H
