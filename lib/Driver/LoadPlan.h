//===- LoadPlan.h - Plan files of either form -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_LOADPLAN_H
#define MOE_LIB_DRIVER_LOADPLAN_H

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "moe/IR/MoE.h"
#include "moe/Json/InputError.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>
#include <vector>

namespace mlir::moe {

/// A plan in memory.
struct LoadedPlan {
  OwningOpRef<mlir::ModuleOp> module;
  PlanOp plan;
};

/// A context with the dialects that plans are written in and lowered to;
/// single-threaded, as a command works on one plan.
std::unique_ptr<MLIRContext> makePlanContext();

/// Reads a plan from JSON (`*.json`) or MLIR, as text or bytecode. Prints what
/// is wrong with the file to `err`, all of it, and returns nothing; findings
/// about the plan itself are for the rules.
std::optional<LoadedPlan> loadPlan(StringRef path, MLIRContext *context,
                                   raw_ostream &err);

/// The files that the plan was read from, as far as places in it tell: its own
/// and those that it names, a model for instance.
std::vector<std::string> filesOf(const LoadedPlan &loaded);

/// Prints what is wrong with an input file, one line each.
void printErrors(const InputErrors &errors, raw_ostream &err);

/// `plan.json:3:5`, for the head of a message.
std::string placeOf(Location where);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_LOADPLAN_H
