//===- GridAxes.h - Axes of the cost model on a grid ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Collectives of the sharded level name dimensions of the grid. Two axes may
// span the same ones: `ep` and `dp`, or `etp` and `tp`. What a collective is
// for decides what hides it, so where its dimensions alone would be taken for
// another axis, it says so in the attribute `moe.axis`.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_GRIDAXES_H
#define MOE_ANALYSIS_GRIDAXES_H

#include "mlir/IR/BuiltinOps.h"
#include "moe/Analysis/MeshDerivation.h"
#include "moe/Cost/Job.h"

namespace mlir::moe {

/// Which dimensions of a grid each axis spans. Those of `dp` include `cp`:
/// along both, ranks have the same dense parameters.
class GridAxes {
public:
  explicit GridAxes(const WorldGrid &grid);
  /// From the views of a module on the sharded level.
  explicit GridAxes(ModuleOp module);

  /// Empty for an axis that the grid does not have.
  ArrayRef<int16_t> dims(cost::Axis axis) const {
    return dimsOf[static_cast<unsigned>(axis)];
  }
  /// The first axis over exactly these dimensions, in any order.
  std::optional<cost::Axis> find(ArrayRef<int16_t> dims) const;
  /// What `op`, which communicates along `dims`, is for: its `moe.axis`, or the
  /// axis that `dims` are. Reports an error where there is none.
  FailureOr<cost::Axis> axisOf(Operation *op, ArrayRef<int16_t> dims) const;
  /// Sets `moe.axis` where the dimensions of `axis` would be taken for another.
  void name(Operation *op, cost::Axis axis) const;

private:
  void set(cost::Axis axis, ArrayRef<int16_t> dims) {
    dimsOf[static_cast<unsigned>(axis)].assign(dims.begin(), dims.end());
  }

  std::array<llvm::SmallVector<int16_t>, cost::numAxes> dimsOf;
};

} // namespace mlir::moe

#endif // MOE_ANALYSIS_GRIDAXES_H
