//===- MoEDialect.cpp - Registration of the dialect -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpSyntax.h"

using namespace mlir;
using namespace mlir::moe;

#include "moe/IR/MoEDialect.cpp.inc"
#include "moe/IR/MoEInterfaces.cpp.inc"
#define GET_OP_CLASSES
#include "moe/IR/MoEOps.cpp.inc"

void MoEDialect::initialize() {
  registerAttributesAndTypes();
  registerOperations();
  registerCollectives();
}

void MoEDialect::registerOperations() {
  addOperations<
#define GET_OP_LIST
#include "moe/IR/MoEOps.cpp.inc"
      >();
}
