//===- SharedVerifiers.cpp - Checks that several verifiers share ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedVerifiers.h"

using namespace mlir;
using namespace mlir::moe;

LogicalResult moe::verifyKeyValues(Operation *op, ArrayAttr keys,
                                   ArrayAttr values, StringRef keysName,
                                   StringRef valuesName) {
  size_t numKeys = keys ? keys.size() : 0;
  size_t numValues = values ? values.size() : 0;
  if (!keys == !values && numKeys == numValues)
    return success();
  return op->emitOpError() << "expected as many '" << keysName << "' as '"
                           << valuesName << "', found " << numKeys << " and "
                           << numValues;
}

FailureOr<IntegerTable> moe::readTable(Operation *op, ElementsAttr attr,
                                       size_t rank, unsigned width) {
  std::string error;
  std::optional<IntegerTable> table = IntegerTable::read(attr, width, error);
  if (!table)
    return op->emitOpError(error);
  size_t found = table->shape().size();
  if (found != rank && found != rank + 1)
    return op->emitOpError()
           << "expected a table of " << rank << " or " << rank + 1
           << " dimensions, found " << attr.getType();
  return *table;
}
