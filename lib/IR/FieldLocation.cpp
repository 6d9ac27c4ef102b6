//===- FieldLocation.cpp - Where a key of a plan stands -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/IR/FieldLocation.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::moe;

Location moe::fieldLoc(Operation *op, StringRef key) {
  auto fused = dyn_cast<FusedLoc>(op->getLoc());
  if (!fused)
    return op->getLoc();
  for (Location part : fused.getLocations())
    if (auto named = dyn_cast<NameLoc>(part); named && named.getName() == key)
      return named.getChildLoc();
  return fused.getLocations().front();
}

Location moe::sectionLoc(Operation *op) {
  if (auto fused = dyn_cast<FusedLoc>(op->getLoc()))
    return fused.getLocations().front();
  return op->getLoc();
}

Location moe::withFieldLocs(Location object,
                            ArrayRef<std::pair<StringRef, Location>> keys) {
  MLIRContext *ctx = object.getContext();
  SmallVector<Location> parts = {object};
  for (auto [key, loc] : keys)
    parts.push_back(NameLoc::get(StringAttr::get(ctx, key), loc));
  return FusedLoc::get(ctx, parts);
}
