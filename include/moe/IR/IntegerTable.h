//===- IntegerTable.h - Tables that plans and launches carry ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tables of `load`, `placement` and `expert_slots` may be written in the
// text (`dense`), as one repeated number, or in a resource beside it
// (`dense_resource`). Readers see one thing, and what they cannot read does not
// verify.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_INTEGERTABLE_H
#define MOE_IR_INTEGERTABLE_H

#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <optional>
#include <string>

namespace mlir::moe {

/// A table of signed 32-bit or 64-bit integers, row-major. Refers to the
/// attribute it was read from.
class IntegerTable {
public:
  /// Most entries a table may have; a layers x ranks x slots table of 128
  /// layers, 131,072 ranks and 16 slots just fits. One repeated number takes no
  /// room, so a size alone proves nothing about what a reader can walk through.
  static constexpr int64_t maxEntries = int64_t(1) << 28;

  /// Reads `attr`, whose integers have `width` bits. On failure returns nothing
  /// and sets `error` to what was found and what was expected.
  static std::optional<IntegerTable> read(ElementsAttr attr, unsigned width,
                                          std::string &error);

  llvm::ArrayRef<int64_t> shape() const { return dims; }
  /// Number of entries, at most `maxEntries`.
  int64_t size() const { return count; }
  /// The entry at a row-major position below `size()`.
  int64_t operator[](int64_t position) const;

private:
  llvm::ArrayRef<int64_t> dims;
  int64_t count = 0;
  unsigned bytesPerEntry = 0;
  /// One entry when all are the same, else all of them.
  llvm::ArrayRef<char> data;
  bool isSplat = false;
};

} // namespace mlir::moe

#endif // MOE_IR_INTEGERTABLE_H
