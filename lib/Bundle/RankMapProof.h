//===- RankMapProof.h - Proving rankmap.json and rankmap.csv ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rank map as it was read back; groups are proved against it.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_BUNDLE_RANKMAPPROOF_H
#define MOE_LIB_BUNDLE_RANKMAPPROOF_H

#include "ProblemList.h"
#include <cstdint>
#include <optional>

namespace mlir::moe {

/// The table of rankmap.json.
struct ReadRankMap {
  struct Axis {
    std::string name;
    int64_t size;
    int64_t stride;
    size_t column; ///< of its coordinates
  };
  struct Mesh {
    std::string name;
    std::vector<Axis> axes;
  };

  int64_t worldSize = 0;
  int64_t hosts = 0;
  int64_t gpusPerHost = 0;
  std::vector<std::string> columns; ///< rank, host, gpu, ...
  std::vector<Mesh> meshes;
  std::vector<int64_t> cells; ///< row after row

  int64_t at(int64_t rank, size_t column) const {
    return cells[rank * columns.size() + column];
  }
};

constexpr llvm::StringLiteral rankMapJsonName = "rankmap.json";
constexpr llvm::StringLiteral rankMapCsvName = "rankmap.csv";

/// Reads rankmap.json; nothing, with problems added, when its form is wrong.
std::optional<ReadRankMap> readRankMap(const std::string &directory,
                                       ProblemList &problems);

/// The ranks are a permutation in order, no GPU has two, coordinates are those
/// of the meshes.
void proveRankMap(const ReadRankMap &map, ProblemList &problems);

/// rankmap.csv has the same rows.
void proveCsv(const ReadRankMap &map, const std::string &directory,
              ProblemList &problems);

} // namespace mlir::moe

#endif // MOE_LIB_BUNDLE_RANKMAPPROOF_H
