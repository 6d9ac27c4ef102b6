//===- EvenPlacement.h - Copies with equal shares ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A placement in which all copies of an expert have the same share, kept
// together with what a search asks of it: loads, copies, order in each rank.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BALANCE_EVENPLACEMENT_H
#define MOE_LIB_BALANCE_EVENPLACEMENT_H

#include "moe/Balance/PlacementProblem.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace mlir::moe {

/// A placement under change. No rank ever holds an expert twice, and every
/// expert keeps a copy. Times are tokens over the speed of their rank.
class EvenPlacement {
public:
  explicit EvenPlacement(const PlacementProblem &problem);

  /// As many copies of each expert as its load asks for. With a bias b an
  /// expert of load w asks for w^(1-b): above 0 the heaviest have fewer copies
  /// with larger shares.
  std::vector<int32_t> countCopies(double bias = 0) const;
  /// So many copies, those with the largest share first, each on the rank with
  /// the least time that has room and not this expert.
  void fill(const std::vector<int32_t> &counts);
  /// A placement from elsewhere; of copies on one rank the first counts.
  void load(llvm::ArrayRef<int32_t> slots);

  /// Slot p is on rank p / slots of the problem.
  const std::vector<int32_t> &slots() const { return experts; }
  /// The usable slots of a rank, largest share first.
  llvm::ArrayRef<int32_t> slotsOf(int64_t rank) const {
    return llvm::ArrayRef(experts).slice(rank * problem.slots,
                                         problem.slotsOf(rank));
  }
  /// Ranks that hold the expert, in no order.
  llvm::ArrayRef<int32_t> holdersOf(int32_t expert) const {
    return holders[expert];
  }
  int64_t copies(int32_t expert) const {
    return int64_t(holders[expert].size());
  }
  /// Tokens of one copy; an empty slot has none.
  double share(int32_t expert) const { return expert < 0 ? 0 : shares[expert]; }
  double shareOf(int32_t expert, int64_t copies) const {
    return double(problem.loads[expert]) / double(copies);
  }
  double time(int64_t rank) const { return loads[rank] * slowness[rank]; }
  /// The time of a rank with `tokens` more.
  double timeWith(int64_t rank, double tokens) const {
    return (loads[rank] + tokens) * slowness[rank];
  }
  int64_t busiest() const;
  double maximum() const { return time(busiest()); }
  bool holds(int64_t rank, int32_t expert) const {
    return llvm::is_contained(slotsOf(rank), expert);
  }

  /// Exchanges what two slots of different ranks hold.
  void exchange(int64_t slot, int64_t other);
  /// Puts a further copy of `expert` into a slot; what was there, if anything,
  /// has other copies.
  void replace(int64_t slot, int32_t expert);
  /// Empties a slot whose expert has other copies.
  void giveUp(int64_t slot);

private:
  /// Puts a copy on the rank; the loads are the caller's business.
  void put(int64_t rank, int32_t expert) {
    experts[rank * problem.slots + filled[rank]++] = expert;
    holders[expert].push_back(int32_t(rank));
  }
  void clear();
  void placeWherever(int32_t expert);
  void measure();
  void sortRank(int64_t rank);
  void moveHolder(int32_t expert, int64_t from, int64_t to);
  void changeShare(int32_t expert);

  const PlacementProblem &problem;
  std::vector<int32_t> experts;
  std::vector<double> shares, loads, slowness;
  std::vector<llvm::SmallVector<int32_t, 4>> holders;
  std::vector<int64_t> filled;
};

} // namespace mlir::moe

#endif // MOE_LIB_BALANCE_EVENPLACEMENT_H
