//===- EmitPlacement.cpp - The expert of every slot -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// moe-placement/1, which `moec balance` writes and plans read: what no
// framework's own file may be able to say stands here.
//
//===----------------------------------------------------------------------===//

#include "Context.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace mlir::moe {

/// One line: {"layer":3,"phy2log":[...],"weights":[...]}.
static void writeLayer(const JobPlacement &placement, int64_t layer,
                       raw_ostream &os) {
  json::OStream json(os, /*IndentSize=*/0);
  json.object([&] {
    json.attribute("layer", layer);
    json.attributeArray("phy2log", [&] {
      for (int32_t expert : placement.slots)
        json.value(expert);
    });
    if (!placement.shares.empty())
      json.attributeArray("weights", [&] {
        for (double share : placement.shares)
          json.value(share);
      });
  });
}

/// Why one table cannot hold the placement of all layers; empty when it can.
static StringRef placementProblem(const JobView &view) {
  if (view.placements.empty())
    return "the plan places no experts";
  const JobPlacement &first = view.placements.front();
  bool isOneShape = all_of(view.placements, [&](const JobPlacement &other) {
    return other.ranks == first.ranks &&
           other.slotsPerRank == first.slotsPerRank;
  });
  return isOneShape ? "" : "its layers have different numbers of slots";
}

Error emitPlacement(const JobView &view, const EmitOptions &, raw_ostream &os) {
  if (StringRef why = placementProblem(view); !why.empty()) {
    os << "{\"not_expressible\":\"" << why << "\"}\n";
    return Error::success();
  }
  const JobPlacement &first = view.placements.front();
  bool hasShares = any_of(view.placements, [](const JobPlacement &placement) {
    return !placement.shares.empty();
  });
  os << "{\"schema\":\"moe-placement/1\",\"ranks\":" << first.ranks
     << ",\"slots\":" << first.slotsPerRank
     << (hasShares ? ",\"dispatch\":\"weighted\"" : "") << ",\"layers\":[";
  StringRef separator = "\n";
  for (const JobPlacement &placement : view.placements)
    for (int64_t layer = placement.layers.first;
         layer < placement.layers.second; ++layer) {
      os << std::exchange(separator, ",\n");
      writeLayer(placement, layer, os);
    }
  os << "\n]}\n";
  return Error::success();
}

} // namespace mlir::moe
