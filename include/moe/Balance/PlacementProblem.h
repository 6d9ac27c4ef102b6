//===- PlacementProblem.h - Experts on the slots of ranks -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One MoE layer's placement as a problem of its own: how many tokens each
// expert received, how many ranks there are and how many experts each of them
// holds. The problem checks its input and verifies any answer, whoever computed
// it; solvers are in Solvers.h. Pure arithmetic, nothing here knows MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_BALANCE_PLACEMENTPROBLEM_H
#define MOE_BALANCE_PLACEMENTPROBLEM_H

#include <cstdint>
#include <string>
#include <vector>

namespace mlir::moe {

/// Which expert every slot holds. Slot p lives on rank p / slots.
struct PlacementResult {
  static constexpr int32_t emptySlot = -1;

  /// Expert of each of the ranks * slots slots, or `emptySlot`.
  std::vector<int32_t> experts;
  /// The share of its expert's tokens that each slot serves; those of an expert
  /// sum to 1, an empty slot has 0.
  std::vector<double> weights;
};

/// Whether a rank may hold two copies of one expert. They share its load as two
/// ranks would not, so only a baseline that does so needs `Allowed`.
enum class Duplicates { Forbidden, Allowed };

/// Whether the runtime splits an expert's tokens over its copies by given
/// weights or evenly.
enum class Dispatch { Weighted, Even };

/// What can be said about one placement without trusting its solver. Loads are
/// in tokens.
struct PlacementCertificate {
  /// Why the placement is none; empty if it is sound. The figures below are
  /// meaningful only then.
  std::vector<std::string> faults;

  /// Of a rank; where ranks differ in speed, loads are over the speed.
  double meanLoad = 0;
  double maxLoad = 0;
  /// No placement has a rank with less than this, see `lowerBound`.
  double bound = 0;
  /// The first rank with `maxLoad`, and the expert it serves most tokens of.
  int64_t heaviestRank = 0;
  int64_t heaviestExpert = 0;
  /// Slots that hold a second copy of an expert on the same rank.
  int64_t numDuplicates = 0;

  /// Imbalance: 1 is perfect, also where there is no load.
  double maxOverMean() const { return meanLoad > 0 ? maxLoad / meanLoad : 1; }
  double boundOverMean() const { return meanLoad > 0 ? bound / meanLoad : 1; }
  /// How far the placement is above the bound: 0.01 is one percent.
  double gap() const {
    return bound > 0 && maxLoad > bound ? maxLoad / bound - 1 : 0;
  }
};

/// The least load that the busiest rank has in any placement.
struct LoadBound {
  double tokens = 0;
  /// What forces it: `200 tokens of expert 0 on 1 slot`; empty where it is the
  /// mean of the ranks.
  std::string why;
};

struct PlacementProblem {
  /// Tokens of each expert.
  std::vector<int64_t> loads;
  int64_t ranks = 0;
  int64_t slots = 0; // of each rank
  /// Where ranks differ, by rank: the slots that can be used, at most `slots`
  /// (0 for a rank that is dead); and the tokens in a unit of time.
  std::vector<int64_t> usableSlots = {};
  std::vector<double> speeds = {};

  int64_t numExperts() const { return loads.size(); }
  /// Slots in the numbering of a placement, also those that cannot be used.
  int64_t numSlots() const { return ranks * slots; }
  int64_t slotsOf(int64_t rank) const {
    return usableSlots.empty() ? slots : usableSlots[rank];
  }
  double speedOf(int64_t rank) const {
    return speeds.empty() ? 1 : speeds[rank];
  }
  /// All ranks have the same slots and speed.
  bool isUniform() const { return usableSlots.empty() && speeds.empty(); }
  int64_t numUsableSlots() const;
  /// Of the ranks that have a slot.
  double totalSpeed() const;
  /// Tokens of all experts.
  int64_t total() const;

  /// What is wrong with the input, with the fix; empty if nothing is. All that
  /// follows, and every solver, needs a sound problem. Sound implies that
  /// `total() * ranks` fits an int64_t, so that solvers can be exact.
  std::vector<std::string> check() const;

  /// max(mean, T), T the smallest number with sum(ceil(load / T)) <= slots of
  /// all ranks: a rank serves at most T tokens of an expert if it serves at
  /// most T at all, so an expert of load w needs ceil(w / T) slots. With fewer
  /// than E + G - 1 slots also what lib/Balance/ChainBound.h says.
  /// Even dispatch to two slots a rank has further reasons: PairBound.h.
  LoadBound lowerBound(Dispatch dispatch = Dispatch::Weighted) const;

  /// Recomputes everything from the slots: every expert has a slot, none has
  /// two on a rank, shares are in [0, 1] and sum to 1, loads of the ranks.
  PlacementCertificate verify(const PlacementResult &result,
                              Duplicates rule = Duplicates::Forbidden,
                              Dispatch dispatch = Dispatch::Weighted) const;
};

} // namespace mlir::moe

#endif // MOE_BALANCE_PLACEMENTPROBLEM_H
