//===- CheckBatch.h - Verdicts on many plans -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_CHECKBATCH_H
#define MOE_LIB_DRIVER_CHECKBATCH_H

#include "moe/Check/Report.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace mlir::moe {

struct BatchOptions {
  /// An object of JSON for each plan instead of a line for people.
  bool json = false;
  /// Warnings and unverifiable claims count as errors.
  bool strict = false;
};

/// Whether `moec check` exits with 1 for the verdict.
bool hasFailed(Verdict verdict, bool strict);

/// Checks plans one after the other, with memory for one at a time: a line for
/// each on `out`, in their order, and the counts behind the lines for people.
/// Returns the exit status: 2 when a plan cannot be read, 1 when one fails.
int checkBatch(llvm::ArrayRef<std::string> files, const BatchOptions &options,
               llvm::raw_ostream &out, llvm::raw_ostream &err);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_CHECKBATCH_H
