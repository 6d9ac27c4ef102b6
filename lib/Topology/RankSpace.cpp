//===- RankSpace.cpp - Rank arithmetic ------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Topology/RankSpace.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir::moe;

std::optional<int64_t> mlir::moe::countRanks(llvm::ArrayRef<int64_t> sizes) {
  int64_t product = 1;
  for (int64_t size : sizes)
    if (size <= 0 || llvm::MulOverflow(product, size, product))
      return std::nullopt;
  return product;
}

//===----------------------------------------------------------------------===//
// Boxes
//===----------------------------------------------------------------------===//

int64_t Box::size() const {
  int64_t points = 1;
  for (const BoxDim &dim : dims)
    points *= dim.size;
  return points;
}

int64_t Box::at(int64_t index) const {
  int64_t rank = 0;
  for (const BoxDim &dim : llvm::reverse(dims)) {
    rank += index % dim.size * dim.stride;
    index /= dim.size;
  }
  return rank;
}

int64_t Box::indexOf(int64_t rank) const {
  int64_t index = 0;
  for (const BoxDim &dim : dims)
    index = index * dim.size + rank / dim.stride % dim.size;
  return index;
}

Box Box::simplified() const {
  Box result;
  for (const BoxDim &dim : dims) {
    if (dim.size == 1)
      continue;
    BoxDim *major = result.dims.empty() ? nullptr : &result.dims.back();
    int64_t extent = 0;
    if (major && !llvm::MulOverflow(dim.size, dim.stride, extent) &&
        major->stride == extent)
      *major = {major->size * dim.size, dim.stride};
    else
      result.dims.push_back(dim);
  }
  return result;
}

bool RankGroups::partitions(int64_t worldSize) const {
  llvm::SmallVector<BoxDim, 8> dims(groups.dims.begin(), groups.dims.end());
  dims.append(members.dims.begin(), members.dims.end());
  llvm::erase_if(dims, [](const BoxDim &dim) { return dim.size == 1; });
  llvm::sort(dims, [](const BoxDim &left, const BoxDim &right) {
    return left.stride < right.stride;
  });
  // Progressions add up to every number below worldSize exactly once if and
  // only if they are the digits of a mixed-radix system: the smallest stride
  // must be 1 to reach 1, and the next must be the first number not reached
  // (N. G. de Bruijn, "On number systems", 1956).
  int64_t reached = 1;
  for (const BoxDim &dim : dims)
    if (dim.size <= 0 || dim.stride != reached ||
        llvm::MulOverflow(reached, dim.size, reached))
      return false;
  return reached == worldSize;
}

//===----------------------------------------------------------------------===//
// Rank spaces
//===----------------------------------------------------------------------===//

RankSpace::RankSpace(llvm::ArrayRef<int64_t> sizes)
    : axisSizes(sizes.begin(), sizes.end()), axisStrides(sizes.size()) {
  int64_t stride = 1;
  for (unsigned axis = sizes.size(); axis-- > 0;) {
    axisStrides[axis] = stride;
    stride *= axisSizes[axis];
  }
}

int64_t RankSpace::numRanks() const {
  return axisSizes.empty() ? 1 : axisSizes.front() * axisStrides.front();
}

int64_t RankSpace::coordinate(int64_t rank, unsigned axis) const {
  return rank / axisStrides[axis] % axisSizes[axis];
}

RankGroups RankSpace::groupsAlong(llvm::ArrayRef<unsigned> axes) const {
  RankGroups result;
  for (unsigned axis = 0; axis < numAxes(); ++axis) {
    Box &box = llvm::is_contained(axes, axis) ? result.members : result.groups;
    box.dims.push_back({axisSizes[axis], axisStrides[axis]});
  }
  return {result.groups.simplified(), result.members.simplified()};
}

//===----------------------------------------------------------------------===//
// Common refinement
//===----------------------------------------------------------------------===//

/// For each axis of `space`, the grid dimensions between its two cuts. `cuts`
/// run upwards and hold every stride of `space`; dimension d of the grid lies
/// between cuts[n-1-d] and cuts[n-d] for n dimensions.
static llvm::SmallVector<llvm::SmallVector<int16_t, 2>, 6>
runsOf(const RankSpace &space, llvm::ArrayRef<int64_t> cuts) {
  auto numDims = static_cast<int16_t>(cuts.size() - 1);
  llvm::SmallVector<llvm::SmallVector<int16_t, 2>, 6> runs(space.numAxes());
  for (unsigned axis = 0; axis < space.numAxes(); ++axis) {
    int64_t low = space.stride(axis);
    int64_t high = low * space.sizes()[axis];
    for (int16_t dim = 0; dim < numDims; ++dim)
      if (cuts[numDims - 1 - dim] >= low && cuts[numDims - dim] <= high)
        runs[axis].push_back(dim);
  }
  return runs;
}

std::variant<Refinement, NoRefinement>
mlir::moe::refine(const RankSpace &first, const RankSpace &second) {
  if (first.numRanks() != second.numRanks())
    return NoRefinement{std::min(first.numRanks(), second.numRanks()),
                        std::max(first.numRanks(), second.numRanks())};

  llvm::SmallVector<int64_t, 14> cuts{1, first.numRanks()};
  for (const RankSpace *space : {&first, &second})
    for (unsigned axis = 0; axis < space->numAxes(); ++axis)
      cuts.push_back(space->stride(axis));
  llvm::sort(cuts);
  cuts.erase(llvm::unique(cuts), cuts.end());

  Refinement result;
  for (size_t i = cuts.size() - 1; i-- > 0;) {
    if (cuts[i + 1] % cuts[i] != 0)
      return NoRefinement{cuts[i], cuts[i + 1]};
    result.grid.push_back(cuts[i + 1] / cuts[i]);
  }
  result.first = runsOf(first, cuts);
  result.second = runsOf(second, cuts);
  return result;
}
