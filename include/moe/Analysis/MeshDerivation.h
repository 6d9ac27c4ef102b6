//===- MeshDerivation.h - Degrees to meshes ---------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How degrees of parallelism and an order string become the axes of meshes.
// The checks ask whether it works, the pass writes the result down.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_MESHDERIVATION_H
#define MOE_ANALYSIS_MESHDERIVATION_H

#include "moe/Analysis/PlanModel.h"
#include "llvm/ADT/SmallVector.h"
#include <variant>

namespace mlir::moe {

/// Axes of one mesh, major to minor.
struct MeshAxes {
  llvm::SmallVector<AxisKind, 6> kinds;
  llvm::SmallVector<int64_t, 6> sizes;

  void add(AxisKind kind, int64_t size) {
    kinds.push_back(kind);
    sizes.push_back(size);
  }
  /// Position of the axis, or nothing.
  std::optional<unsigned> position(AxisKind kind) const;
};

/// Under the folded rule the attention mesh and the expert mesh; under the
/// product rule one mesh that carries every axis, `ep` among them.
struct DerivedMeshes {
  MeshAxes attention;
  std::optional<MeshAxes> expert;
};

/// The axes of an order string, from the smallest stride: "tp-cp-ep-dp-pp".
/// Fails with a sentence when a word is no axis, stands twice, or one of the
/// five is missing.
std::variant<llvm::SmallVector<AxisKind, 5>, std::string>
parseAxisOrder(llvm::StringRef order);

/// Meshes of a plan whose degrees are all known; a sentence otherwise. Does not
/// check that the sizes multiply to the number of ranks.
///
/// The folded meshes are those of Megatron-Core (megatron/core/
/// parallel_state.py, RankGenerator): the order string with `ep` left out for
/// attention, and with `cp` left out and `tp`, `dp` read as `etp`, `edp` for
/// the experts.
std::variant<DerivedMeshes, std::string> deriveMeshes(const Degrees &degrees);

/// Grid dimensions by axis, ascending.
using AxisDims =
    llvm::SmallVector<std::pair<AxisKind, llvm::SmallVector<int16_t, 2>>, 6>;

/// Dimensions of one axis; none where the view does not have it.
llvm::ArrayRef<int16_t> dimsOf(const AxisDims &view, AxisKind kind);

/// One process grid, and how attention and experts see it.
struct WorldGrid {
  llvm::SmallVector<int64_t, 6> shape;
  AxisDims attention;
  AxisDims expert;
  /// Under the product rule also the one mesh itself.
  std::optional<AxisDims> all;
};

/// The grid of which all meshes are views: the common refinement of the two
/// folded meshes, or the one mesh of the product rule. There attention takes
/// `ep` as data-parallel, and experts take `dp` and `cp` so, and `tp` too where
/// it does not split them (`etp` 1).
std::variant<WorldGrid, NoRefinement>
deriveWorldGrid(const DerivedMeshes &meshes, int64_t etp);

} // namespace mlir::moe

#endif // MOE_ANALYSIS_MESHDERIVATION_H
