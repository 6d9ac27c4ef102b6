//===- NamedGrid.cpp - A rank space whose axes have names -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NamedGrid.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir::moe;

NamedGrid::NamedGrid(llvm::ArrayRef<Degree> axes)
    : names(
          llvm::map_range(axes, [](const Degree &axis) { return axis.name; })),
      space(llvm::map_to_vector(
          axes, [](const Degree &axis) { return axis.value; })) {}

std::optional<unsigned> NamedGrid::indexOf(llvm::StringRef axis) const {
  const auto *found = llvm::find(names, axis);
  if (found == names.end())
    return std::nullopt;
  return found - names.begin();
}

int64_t NamedGrid::size(llvm::StringRef axis) const {
  std::optional<unsigned> index = indexOf(axis);
  return index ? space.sizes()[*index] : 1;
}

int64_t NamedGrid::stride(llvm::StringRef axis) const {
  std::optional<unsigned> index = indexOf(axis);
  return index ? space.stride(*index) : space.numRanks();
}

RankGroups NamedGrid::along(llvm::ArrayRef<llvm::StringRef> axes) const {
  llvm::SmallVector<unsigned, 6> indices;
  for (llvm::StringRef axis : axes)
    if (std::optional<unsigned> index = indexOf(axis))
      indices.push_back(*index);
  return space.groupsAlong(indices);
}

GroupFamily NamedGrid::family(llvm::StringRef name,
                              llvm::ArrayRef<llvm::StringRef> axes) const {
  RankGroups groups = along(axes);
  GroupFamily result{name.str(), groups.groups, groups.size()};
  llvm::append_range(result.ranks.dims, groups.members.dims);
  return result;
}

GroupFamily
NamedGrid::familyInOrder(llvm::StringRef name,
                         llvm::ArrayRef<llvm::StringRef> groupAxes,
                         llvm::ArrayRef<llvm::StringRef> memberAxes) const {
  GroupFamily result{name.str(), {}, 1};
  for (llvm::StringRef axis : groupAxes)
    result.ranks.dims.push_back({size(axis), stride(axis)});
  for (llvm::StringRef axis : memberAxes) {
    result.ranks.dims.push_back({size(axis), stride(axis)});
    result.groupSize *= size(axis);
  }
  return result;
}
