//===- IntegerTable.cpp - Tables that plans and launches carry ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/IR/IntegerTable.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "moe/Wording/Wording.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace mlir;
using namespace mlir::moe;

/// Number of entries of the shape, or nothing if it is 0 or above the limit.
static std::optional<int64_t> countEntries(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t dim : shape)
    if (dim < 1 || llvm::MulOverflow(count, dim, count) ||
        count > IntegerTable::maxEntries)
      return std::nullopt;
  return count;
}

static std::string spell(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

/// The bytes of the table, which takes `expected` of them; nothing, and
/// `error`, when they are not there.
static std::optional<ArrayRef<char>> bytesOf(DenseResourceElementsAttr resource,
                                             size_t expected,
                                             std::string &error) {
  StringRef key = resource.getRawHandle().getKey();
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  if (!blob) {
    error = "the resource " + quoted(key) + " of the table has no data";
    return std::nullopt;
  }
  if (blob->getData().size() != expected) {
    error = "the resource " + quoted(key) + " of the table has " +
            std::to_string(blob->getData().size()) + " bytes, but " +
            spell(resource.getType()) + " takes " + std::to_string(expected);
    return std::nullopt;
  }
  return blob->getData();
}

std::optional<IntegerTable>
IntegerTable::read(ElementsAttr attr, unsigned width, std::string &error) {
  auto type = dyn_cast<RankedTensorType>(attr.getType());
  if (!type || !type.getElementType().isSignlessInteger(width)) {
    error = "expected a table of i" + std::to_string(width) + ", found " +
            spell(attr.getType());
    return std::nullopt;
  }
  std::optional<int64_t> count = countEntries(type.getShape());
  if (!count) {
    error = "expected a table of 1 to " + std::to_string(maxEntries) +
            " entries, found " + spell(type);
    return std::nullopt;
  }
  IntegerTable table;
  table.dims = type.getShape();
  table.count = *count;
  table.bytesPerEntry = width / 8;
  if (auto dense = dyn_cast<DenseIntElementsAttr>(attr)) {
    table.data = dense.getRawData();
    table.isSplat = dense.isSplat();
    return table;
  }
  auto resource = dyn_cast<DenseResourceElementsAttr>(attr);
  if (!resource) {
    error = "expected a table written as 'dense' or 'dense_resource'";
    return std::nullopt;
  }
  std::optional<ArrayRef<char>> data =
      bytesOf(resource, *count * table.bytesPerEntry, error);
  if (!data)
    return std::nullopt;
  table.data = *data;
  return table;
}

int64_t IntegerTable::operator[](int64_t position) const {
  const char *entry = data.data() + (isSplat ? 0 : position * bytesPerEntry);
  // The bytes of a resource need not be aligned.
  if (bytesPerEntry == sizeof(int32_t)) {
    int32_t value;
    std::memcpy(&value, entry, sizeof(value));
    return value;
  }
  int64_t value;
  std::memcpy(&value, entry, sizeof(value));
  return value;
}
