//===- EvenSearch.h - Local search over even placements ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The search takes the busiest rank and the one change that lowers it most
// without raising another above: an exchange of two slots, of two pairs of
// slots, or a slot for a further copy of another expert. From where none helps
// it drifts: two other ranks exchange experts of nearly equal shares, which
// raises neither above the busiest, and each may now have what the busiest
// needs. From where that does not help either it restarts after a few random
// changes.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_EVENSEARCH_H
#define MOE_LIB_BALANCE_EVENSEARCH_H

#include "EvenPlacement.h"
#include "Random.h"
#include <optional>

namespace mlir::moe {

class EvenSearch {
public:
  /// Ends where the busiest rank has the time `goal`.
  EvenSearch(const PlacementProblem &problem, EvenPlacement &placement,
             double goal)
      : problem(problem), now(placement), goal(goal),
        numRedundant(problem.numUsableSlots() - problem.numExperts()),
        stamp(problem.numExperts(), -1) {}

  /// Improves the placement until nothing helps or `effort`, in comparisons of
  /// slots, is used up.
  /// Returns what it used.
  int64_t run(int64_t effort);
  /// The same without restarts.
  int64_t descend(int64_t effort);

private:
  /// A change and the larger time of the ranks it touches.
  struct Change {
    double time;
    int64_t slot = -1, other = -1;
    int64_t slot2 = -1, other2 = -1;
    int32_t expert = -1;
  };
  /// Restarts without success before it ends, of few ranks and for each of
  /// many; and exchanges of alike experts without success before a restart, for
  /// each rank.
  static constexpr int64_t minIdle = 300, maxIdle = 20, maxDrift = 8;

  bool improve();
  void drift();
  std::optional<std::pair<int64_t, int64_t>> exchangeAlike(int64_t busiest);
  void markExperts(int64_t rank);
  void tryExchanges(int64_t rank, Change &best);
  void tryExchanges(int64_t rank, int64_t partner, Change &best);
  void tryPairs(int64_t rank, Change &best);
  void tryCopiesElsewhere(int64_t rank, Change &best);
  void tryOthersHere(int64_t rank, Change &best);
  double timeAfterReplacing(int64_t slot, int32_t expert, double limit);
  void apply(const Change &change);
  void replaceAtRandom();
  void exchangeAtRandom(int64_t rank);
  void kick();
  bool canLower(int64_t rank, int64_t partner, double best) const;
  bool isDone() const { return now.maximum() <= goal; }

  const PlacementProblem &problem;
  EvenPlacement &now;
  double goal;
  Random random{1};
  int64_t effort = 0, numRedundant;
  /// The last rank that marked an expert as its own.
  std::vector<int64_t> stamp;
  /// Experts by share, and where each is among them.
  std::vector<int32_t> byShare;
  std::vector<int64_t> placeOf;
};

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_EVENSEARCH_H
