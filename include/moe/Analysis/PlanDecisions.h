//===- PlanDecisions.h - What passes decided about a plan -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The decisions a plan already carries (`mesh`, `pipeline`, `placement`) as
// plain figures. They may have been written by hand, so nothing about them is
// taken for granted.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_PLANDECISIONS_H
#define MOE_ANALYSIS_PLANDECISIONS_H

#include "moe/Analysis/MeshDerivation.h"
#include "moe/IR/MoE.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlir::moe {

struct DecidedMesh {
  std::string name;
  MeshAxes axes;
  /// Name of the mesh whose ranks this one renames; empty if none.
  std::string folds;
  std::vector<AxisKind> keeping;
  Location where;
};

struct DecidedStage {
  int64_t index = 0;
  /// Half-open ranges of layers, chunk by chunk.
  std::vector<std::pair<int64_t, int64_t>> layers;
  int64_t mtpLayers = 0;
  bool embedding = false; ///< holds the token embedding
  bool output = false;    ///< holds the output head
  Location where;
};

struct DecidedPipeline {
  std::string mesh;
  std::vector<DecidedStage> stages;
  Location where;
};

struct DecidedPlacement {
  std::string name;
  std::string layers; ///< name of the run of layers
  std::string mesh;   ///< empty while no mesh is derived
  int64_t slotsPerRank = 0;
  PlacementKind kind = PlacementKind::Contiguous;
  ElementsAttr table; ///< null unless `kind` is Table
  /// Share of its expert's tokens that each slot serves, of the table's shape;
  /// null where the dispatch rule decides.
  Attribute shares;
  Location where;
};

struct PlanDecisions {
  std::vector<DecidedMesh> meshes;
  std::optional<DecidedPipeline> pipeline;
  std::vector<DecidedPlacement> placements;

  explicit PlanDecisions(PlanOp plan);
  /// The mesh of that name, or null.
  const DecidedMesh *mesh(llvm::StringRef name) const;
  /// The placement of the experts of a run of layers, or null.
  const DecidedPlacement *placementOf(llvm::StringRef layers) const;
};

} // namespace mlir::moe

#endif // MOE_ANALYSIS_PLANDECISIONS_H
