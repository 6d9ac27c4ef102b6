//===- NamedGrid.h - A rank space whose axes have names ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lets the rules of a framework be written in its own axis names.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_FRAMEWORKS_NAMEDGRID_H
#define MOE_LIB_FRAMEWORKS_NAMEDGRID_H

#include "moe/Frameworks/ProcessGroups.h"

namespace mlir::moe {

/// An axis, or any other setting that counts ranks.
struct Degree {
  llvm::StringRef name;
  int64_t value;
};

class NamedGrid {
public:
  /// Axes major to minor; sizes as RankSpace wants them.
  explicit NamedGrid(llvm::ArrayRef<Degree> axes);

  /// Size and stride of an axis; an axis the grid does not have has size 1.
  int64_t size(llvm::StringRef axis) const;
  int64_t stride(llvm::StringRef axis) const;

  /// The groups along `axes`, ordered by their first rank; see
  /// RankSpace::groupsAlong. Axes the grid does not have are ignored.
  RankGroups along(llvm::ArrayRef<llvm::StringRef> axes) const;
  GroupFamily family(llvm::StringRef name,
                     llvm::ArrayRef<llvm::StringRef> axes) const;

  /// For lists in another order: groups run over `groupAxes`, members over
  /// `memberAxes`, both major to minor as given.
  GroupFamily familyInOrder(llvm::StringRef name,
                            llvm::ArrayRef<llvm::StringRef> groupAxes,
                            llvm::ArrayRef<llvm::StringRef> memberAxes) const;

private:
  std::optional<unsigned> indexOf(llvm::StringRef axis) const;

  llvm::SmallVector<llvm::StringRef, 6> names;
  RankSpace space;
};

} // namespace mlir::moe

#endif // MOE_LIB_FRAMEWORKS_NAMEDGRID_H
