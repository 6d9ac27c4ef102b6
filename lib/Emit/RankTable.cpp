//===- RankTable.cpp - Which GPU each rank is on --------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See RankTable.h.
//
//===----------------------------------------------------------------------===//

#include "RankTable.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;

namespace mlir::moe {

RankTable::RankTable(const JobView &view)
    : places(view.worldSize),
      perHost(view.hosts.empty() ? 0 : view.hosts.front().ranks.size()) {
  for (const JobHost &host : view.hosts) {
    if (static_cast<int64_t>(host.ranks.size()) != perHost)
      perHost = 0;
    int32_t gpu = 0;
    for (int64_t rank : host.ranks)
      places[rank] = {static_cast<int32_t>(host.index), gpu++};
  }
  regular = perHost > 0;
  for (int64_t rank = 0; regular && rank < view.worldSize; ++rank)
    regular = hostOf(rank) == rank / perHost && gpuOf(rank) == rank % perHost;
}

const JobAxis *findAxis(const JobView &view, StringRef name) {
  for (const JobMesh &mesh : view.meshes)
    for (const JobAxis &axis : mesh.axes)
      if (axis.name == name)
        return &axis;
  return nullptr;
}

/// The rail of each GPU, numbered in the order of their first GPUs; empty when
/// one has no adapter of its own.
static std::vector<int64_t> railsOf(const JobView &view) {
  std::vector<int64_t> rails;
  StringMap<int64_t> numbers;
  for (const std::string &nics : view.gpuNics) {
    if (nics.empty())
      return {};
    rails.push_back(
        numbers.try_emplace(nics, numbers.size()).first->getValue());
  }
  return rails;
}

std::vector<RankColumn> rankColumns(const JobView &view) {
  std::vector<RankColumn> columns;
  if (std::vector<int64_t> rails = railsOf(view); !rails.empty())
    columns.push_back({"rail", 1, 1, std::move(rails)});
  if (!view.gpuNuma.empty())
    columns.push_back({"numa", 1, 1, view.gpuNuma});
  if (const JobAxis *pp = findAxis(view, "pp"))
    columns.push_back({"stage", pp->size, pp->stride});
  else
    columns.push_back({"stage", 1, 1});
  for (const JobMesh &mesh : view.meshes)
    for (const JobAxis &axis : mesh.axes)
      columns.push_back({mesh.name + "." + axis.name, axis.size, axis.stride});
  return columns;
}

std::string coordinateVariable(StringRef mesh, StringRef axis) {
  std::string variable = ("MOE_" + mesh + "_" + axis).str();
  for (char &c : variable)
    c = isAlnum(c) ? toUpper(c) : '_';
  return variable;
}

} // namespace mlir::moe
