//===- SlotOrder.h - Which rank uses which GPU ------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// GPUs in the order of the hosts are slots; a unit is a block of slots that
// share something fast: a host, an NVLink domain, a leaf switch. Ranks fill the
// slots in the order of their grid's dimensions, and another order of the
// dimensions brings other ranks together. Problem, solver and evaluation are
// apart: `crossingBytes` judges any assignment, whoever made it.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TOPOLOGY_SLOTORDER_H
#define MOE_TOPOLOGY_SLOTORDER_H

#include "moe/Topology/RankSpace.h"
#include <vector>

namespace mlir::moe {

/// Who sends to whom in a group.
enum class ExchangePattern : uint8_t {
  Ring,     ///< reductions and gathers: to one neighbour, units visited in turn
  AllToAll, ///< the same to every other member
  Chain,    ///< member i to member i + 1
};

/// What all groups of a family move in a step.
struct GroupTraffic {
  RankGroups groups;
  ExchangePattern pattern = ExchangePattern::Ring;
  /// Sent by one rank.
  int64_t bytes = 0;
};

/// `slotOfRank[r]` is the GPU of rank r. Bytes that leave units of `unit`
/// slots, summed over all groups; at most INT64_MAX. Ring: a group that spans u
/// units crosses u times. All-to-all: every byte that goes to another unit.
/// Chain: what goes to a neighbour elsewhere.
int64_t crossingBytes(const GroupTraffic &traffic,
                      llvm::ArrayRef<int64_t> slotOfRank, int64_t unit);

/// Which GPUs of different hosts share a switch of the network: rail r is the
/// adapters of that number. What goes to another rail takes a further hop, or a
/// detour over NVLink to a GPU of the right one.
struct Rails {
  /// Of each slot of a host. Empty: there are none.
  llvm::SmallVector<int64_t> ofHostSlot;
  /// Slots of a unit inside of which NVLink, not the network, carries.
  int64_t unit = 1;
};

/// What of `crossingBytes(traffic, slotOfRank, rails.unit)` does not stay on
/// one rail. Ring and all-to-all: all that a group sends unless its members in
/// every unit are on the same rails, as then each unit hands over on the rail
/// of the receiver. Chain: what goes from a member to one of another rail.
int64_t bytesBetweenRails(const GroupTraffic &traffic,
                          llvm::ArrayRef<int64_t> slotOfRank,
                          const Rails &rails);

struct OrderProblem {
  /// Dimensions of the grid of ranks, major to minor.
  llvm::SmallVector<int64_t> grid;
  std::vector<GroupTraffic> traffic;
  /// Slots of a unit, the most important one first: of orders with the same
  /// crossing bytes in the first, the second decides, and so on.
  llvm::SmallVector<int64_t> units;
  /// Families whose members must be node-major, as DeepEP asserts: those of one
  /// block of `hostSlots` slots follow each other, equally many in each.
  std::vector<RankGroups> nodeMajor;
  int64_t hostSlots = 1;
  /// Of orders that are the same in all units, that with the fewest bytes
  /// between rails is taken.
  Rails rails;
};

struct SlotOrder {
  /// Dimensions of the grid from the slowest to the fastest slot.
  llvm::SmallVector<unsigned> dims;
  std::vector<int64_t> slotOfRank;
  /// For each of the problem's units.
  llvm::SmallVector<int64_t> crossing;
  int64_t betweenRails = 0;

  bool isGiven() const;
};

/// Ranks in their own order.
SlotOrder givenOrder(const OrderProblem &problem);

/// The order of dimensions with the fewest crossing bytes, of all if there are
/// few enough: together the orders may look at 2^28 ranks, beyond that those
/// that come first in lexicographic order are compared. Never worse than the
/// given order, which wins ties; orders that are not node-major are left out,
/// unless it is the given one.
SlotOrder findSlotOrder(const OrderProblem &problem);

} // namespace mlir::moe

#endif // MOE_TOPOLOGY_SLOTORDER_H
