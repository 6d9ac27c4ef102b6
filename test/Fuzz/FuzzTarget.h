//===- FuzzTarget.h - What the fuzzers feed ---------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_TEST_FUZZ_FUZZTARGET_H
#define MOE_TEST_FUZZ_FUZZTARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace mlir::moe {

/// Something that reads text which nobody has checked.
struct FuzzTarget {
  llvm::StringLiteral name;
  /// Reads the text. What must hold of the result is checked with `require`.
  void (*run)(llvm::StringRef text);
  /// Pieces of text that mean something to it.
  llvm::ArrayRef<llvm::StringRef> words;
};

/// The targets of this program, in one of the *Targets.cpp.
llvm::ArrayRef<FuzzTarget> fuzzTargets();

/// Ends the program with the text that is being read, unless `holds`.
void require(bool holds, llvm::StringRef what);

} // namespace mlir::moe

#endif // MOE_TEST_FUZZ_FUZZTARGET_H
