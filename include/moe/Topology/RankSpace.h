//===- RankSpace.h - Rank arithmetic ----------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ranks as points of a mixed-radix grid: strides, the groups along some axes,
// and the common refinement of two grids over the same ranks. Pure arithmetic;
// nothing here knows what an axis means or what MLIR is. Nothing here grows
// with the number of ranks: families of groups are kept as boxes.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TOPOLOGY_RANKSPACE_H
#define MOE_TOPOLOGY_RANKSPACE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace mlir::moe {

/// Number of ranks of a grid with these axis sizes, or nothing if a size is not
/// positive or the product does not fit an int64_t.
std::optional<int64_t> countRanks(llvm::ArrayRef<int64_t> sizes);

/// One dimension of a box: `size` points, `stride` ranks apart.
struct BoxDim {
  int64_t size = 1;
  int64_t stride = 1;
  bool operator==(const BoxDim &other) const {
    return size == other.size && stride == other.stride;
  }
};

/// An arithmetic progression of ranks in several dimensions, major to minor.
/// The box `<4:32, 8:1>` is 0..7, 32..39, 64..71, 96..103. The empty box has
/// one point, 0.
struct Box {
  llvm::SmallVector<BoxDim, 4> dims;

  /// Number of points; must fit an int64_t.
  int64_t size() const;
  /// The `index`-th point, 0 <= index < size().
  int64_t at(int64_t index) const;
  /// Index of the point that shares the coordinates of `rank` in these
  /// dimensions; the inverse of `at` for ranks of a mixed-radix grid.
  int64_t indexOf(int64_t rank) const;
  /// Drops dimensions of size 1 and joins neighbours that form one progression
  /// (`<4:8, 8:1>` ~> `<32:1>`).
  Box simplified() const;
  bool operator==(const Box &other) const { return dims == other.dims; }
};

/// A family of disjoint groups of ranks: group g, member m is rank
/// `groups.at(g) + members.at(m)`.
struct RankGroups {
  Box groups;
  Box members;

  int64_t count() const { return groups.size(); }
  int64_t size() const { return members.size(); }
  int64_t rankAt(int64_t group, int64_t member) const {
    return groups.at(group) + members.at(member);
  }
  /// Which group `rank` is in, and its position there; what
  /// `ncclCommSplit` calls colour and key.
  int64_t colorOf(int64_t rank) const { return groups.indexOf(rank); }
  int64_t keyOf(int64_t rank) const { return members.indexOf(rank); }
  /// Whether the groups hold the ranks 0..worldSize-1, each exactly once, and
  /// no others. Decided from the boxes, without enumerating ranks; true for no
  /// boxes whose sizes or strides are not positive or overflow.
  bool partitions(int64_t worldSize) const;
  bool operator==(const RankGroups &other) const {
    return groups == other.groups && members == other.members;
  }
};

/// A mixed-radix grid of ranks. Axes run major to minor: neighbours along the
/// last axis are neighbouring ranks.
class RankSpace {
public:
  /// `sizes` are positive and their product fits an int64_t (see countRanks).
  explicit RankSpace(llvm::ArrayRef<int64_t> sizes);

  llvm::ArrayRef<int64_t> sizes() const { return axisSizes; }
  unsigned numAxes() const { return axisSizes.size(); }
  int64_t numRanks() const;
  /// Distance in ranks between neighbours along `axis`.
  int64_t stride(unsigned axis) const { return axisStrides[axis]; }
  /// Coordinate of `rank` along `axis`.
  int64_t coordinate(int64_t rank, unsigned axis) const;
  /// The groups of ranks that differ only in `axes`. Members run in the order
  /// of the axes, major to minor as in this space whatever the order of `axes`;
  /// groups run by their first rank.
  RankGroups groupsAlong(llvm::ArrayRef<unsigned> axes) const;

private:
  llvm::SmallVector<int64_t, 6> axisSizes;
  llvm::SmallVector<int64_t, 6> axisStrides;
};

/// The coarsest grid of which both spaces are views: every axis of either is a
/// run of its dimensions. For `<4, 4, 8>` and `<4, 2, 16>` the grid is
/// `4x2x2x8`, with runs `{0}, {1, 2}, {3}` and `{0}, {1}, {2, 3}`.
struct Refinement {
  llvm::SmallVector<int64_t, 6> grid;
  llvm::SmallVector<llvm::SmallVector<int16_t, 2>, 6> first;
  llvm::SmallVector<llvm::SmallVector<int16_t, 2>, 6> second;
};

/// Why two spaces have none: neighbouring cuts of which one does not divide
/// the other, or different numbers of ranks (then the two numbers).
struct NoRefinement {
  int64_t smallerCut = 0;
  int64_t largerCut = 0;
};

/// Common refinement of two grids: cut both at all their cumulative strides; if
/// each cut divides the next, the quotients are the grid. An axis of size 1 is
/// an empty run.
std::variant<Refinement, NoRefinement> refine(const RankSpace &first,
                                              const RankSpace &second);

} // namespace mlir::moe

#endif // MOE_TOPOLOGY_RANKSPACE_H
