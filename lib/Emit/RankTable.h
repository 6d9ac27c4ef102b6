//===- RankTable.h - Which GPU each rank is on ------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host table of a JobView turned around, and the columns of the rank map.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_EMIT_RANKTABLE_H
#define MOE_LIB_EMIT_RANKTABLE_H

#include "moe/Emit/JobView.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>
#include <vector>

namespace mlir::moe {

/// Host index and local GPU of every rank.
class RankTable {
public:
  /// `view` passes checkJob.
  explicit RankTable(const JobView &view);

  int64_t hostOf(int64_t rank) const { return places[rank].host; }
  int64_t gpuOf(int64_t rank) const { return places[rank].gpu; }
  /// Whether rank r is GPU r % g of host r / g everywhere, all hosts full: then
  /// the launchers need no table.
  bool isRegular() const { return regular; }
  /// Ranks on every host, when they are equally many; else 0.
  int64_t ranksPerHost() const { return perHost; }

private:
  struct Place {
    int32_t host;
    int32_t gpu;
  };
  std::vector<Place> places;
  bool regular = true;
  int64_t perHost = 0;
};

/// Coordinate of a rank on an axis.
inline int64_t coordinateOn(const JobAxis &axis, int64_t rank) {
  return rank / axis.stride % axis.size;
}

/// The axis of that name in the first mesh that has one; nullptr without.
const JobAxis *findAxis(const JobView &view, llvm::StringRef name);

/// A column of the rank map: `rank / stride % size`, or what `ofGpu` has for
/// the local GPU.
struct RankColumn {
  std::string name; ///< "attention.tp", "stage", "rail", ...
  int64_t size = 1;
  int64_t stride = 1;
  std::vector<int64_t> ofGpu = {};

  int64_t at(int64_t rank, int64_t gpu) const {
    return ofGpu.empty() ? rank / stride % size : ofGpu[gpu];
  }
};

/// The columns behind rank, host and gpu: rail and numa where they are known,
/// then the stage, then every axis of every mesh.
std::vector<RankColumn> rankColumns(const JobView &view);

/// The variable that launchers set to a coordinate: MOE_ATTENTION_TP.
std::string coordinateVariable(llvm::StringRef mesh, llvm::StringRef axis);

} // namespace mlir::moe

#endif // MOE_LIB_EMIT_RANKTABLE_H
