//===- MoE.h - The moe dialect ----------------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOE_H
#define MOE_IR_MOE_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Shard/IR/ShardDialect.h"
#include "mlir/Dialect/Shard/IR/ShardOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "moe/Cost/Work.h"
#include "moe/Quantity/Quantity.h"
#include "moe/Topology/RankSpace.h"

#include "moe/IR/MoEDialect.h.inc"
#include "moe/IR/MoEEnums.h.inc"
#include "moe/IR/MoEInterfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "moe/IR/MoEAttrs.h.inc"
#define GET_TYPEDEF_CLASSES
#include "moe/IR/MoETypes.h.inc"
#define GET_OP_CLASSES
#include "moe/IR/MoEOps.h.inc"

#endif // MOE_IR_MOE_H
