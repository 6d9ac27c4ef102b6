//===- NodeDivision.h - The experts of a node as chains ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Divides the experts of a node that has less than the mean into chains of
// ranks (HomeChains.h), so that none has more than its part.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_NODEDIVISION_H
#define MOE_LIB_BALANCE_NODEDIVISION_H

#include "Random.h"
#include "WrapAround.h"
#include "llvm/ADT/ArrayRef.h"

namespace mlir::moe {

/// Ranks of a node and what they serve, `ranks` times the mean in all. Tokens
/// are scaled by the number of ranks of the problem, so that nothing is
/// rounded.
struct NodeChain {
  int64_t node = 0;
  int64_t firstRank = 0, ranks = 0;
  std::vector<LoadItem> items;

  /// Parts of experts that it could still take with so many slots a rank.
  int64_t room(int64_t slots) const {
    return ranks * (slots - 1) + 1 - int64_t(items.size());
  }
};

class NodeDivision {
public:
  /// `mean` is that of a rank; `random` is used and stays the caller's.
  NodeDivision(int64_t slots, int64_t mean, Random &random)
      : slots(slots), mean(mean), random(random) {}

  /// Divides experts, heaviest first, evenly over `count` chains that have
  /// `ranks` in all, a longer one first if it must be, then makes so many
  /// random exchanges. Whether no chain has too much and each has room for a
  /// part from elsewhere.
  bool divide(llvm::ArrayRef<LoadItem> experts, int64_t ranks, int64_t count,
              int64_t exchanges);

  std::vector<NodeChain> chains;
  /// Tokens that the chains have less than their part.
  std::vector<int64_t> lacking;

private:
  bool divideAt(llvm::ArrayRef<LoadItem> experts, int64_t ranks, int64_t count,
                int64_t head);
  bool fill(llvm::ArrayRef<LoadItem> experts);
  bool evenOut();
  void exchange();

  int64_t slots, mean;
  Random &random;
};

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_NODEDIVISION_H
