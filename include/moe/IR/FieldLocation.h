//===- FieldLocation.h - Where a key of a plan stands -----------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operation has one location, a section of a plan file has one position per
// key. Importers fuse the positions of the keys into the location of the
// operation; checks ask for the key they talk about.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_FIELDLOCATION_H
#define MOE_IR_FIELDLOCATION_H

#include "mlir/IR/Location.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <utility>

namespace mlir::moe {

/// Location of `key` inside `op`; the location of `op` when it records none,
/// as for plans written as MLIR text.
Location fieldLoc(Operation *op, llvm::StringRef key);

/// The location of `op` itself, without its keys.
Location sectionLoc(Operation *op);

/// Adds the locations of keys to that of their object.
Location
withFieldLocs(Location object,
              llvm::ArrayRef<std::pair<llvm::StringRef, Location>> keys);

} // namespace mlir::moe

#endif // MOE_IR_FIELDLOCATION_H
