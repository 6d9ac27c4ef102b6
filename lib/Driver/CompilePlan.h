//===- CompilePlan.h - Plan to the files of a bundle ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_COMPILEPLAN_H
#define MOE_LIB_DRIVER_COMPILEPLAN_H

#include "LoadPlan.h"
#include "moe/Check/Finding.h"
#include "moe/Emit/Emitters.h"
#include <variant>

namespace mlir::moe {

/// Everything a bundle is made from.
struct CompiledPlan {
  JobView job;
  /// The plan and the files it refers to, then the emitted files.
  std::vector<EmittedFile> files;
};

/// Whose fault it is that there are no files.
enum class CompileFailure { Plan, Input };
using CompileResult = std::variant<CompiledPlan, CompileFailure>;

/// Lowers a plan that no rule forbids to build and prints its bundle in memory.
/// `findings` are recorded in the launch; `siteFile` may be empty. The plan is
/// rewritten to refer to copies of its files below `inputs/`, and its module is
/// left with a launch. What is wrong is printed to `err`.
CompileResult compilePlan(LoadedPlan &loaded, StringRef planFile,
                          StringRef siteFile, const FindingList &findings,
                          raw_ostream &err);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_COMPILEPLAN_H
