//===- SharedVerifiers.h - Checks that several verifiers share --*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_IR_SHAREDVERIFIERS_H
#define MOE_LIB_IR_SHAREDVERIFIERS_H

#include "moe/IR/IntegerTable.h"
#include "moe/IR/MoE.h"
#include "moe/Wording/Wording.h"

namespace mlir::moe {

/// body-1: the vocabulary of every container is closed, because an operation
/// that nothing reads would be a statement silently dropped. Fails unless the
/// body of `parent` holds operations of the kinds `OpTs` alone.
template <typename... OpTs>
LogicalResult verifyChildren(Operation *parent) {
  for (Operation &child : parent->getRegion(0).front()) {
    if (isa<OpTs...>(child))
      continue;
    StringRef kinds[] = {
        StringRef(OpTs::getOperationName()).drop_front(strlen("moe."))...};
    return child.emitOpError()
           << "cannot stand in '" << parent->getName() << "', which holds "
           << oneOf(kinds) << " [body-1]";
  }
  return success();
}

/// Fails when the body of `parent` holds two operations of kind `OpT`; `rule`
/// is the identifier of the constraint.
template <typename OpT>
LogicalResult verifyAtMostOne(Operation *parent, StringRef rule) {
  auto ops = parent->getRegion(0).front().getOps<OpT>();
  if (ops.empty() || std::next(ops.begin()) == ops.end())
    return success();
  InFlightDiagnostic diag = (*std::next(ops.begin()))->emitOpError()
                            << "occurs twice in '" << parent->getName() << "' ["
                            << rule << "]";
  diag.attachNote((*ops.begin())->getLoc()) << "first declared here";
  return diag;
}

/// Fails unless both lists are absent or both are given with equal lengths.
LogicalResult verifyKeyValues(Operation *op, ArrayAttr keys, ArrayAttr values,
                              StringRef keysName, StringRef valuesName);

/// The table of `attr`, of `rank` or one more dimensions and integers of
/// `width` bits; reports why there is none.
FailureOr<IntegerTable> readTable(Operation *op, ElementsAttr attr, size_t rank,
                                  unsigned width);

} // namespace mlir::moe

#endif // MOE_LIB_IR_SHAREDVERIFIERS_H
