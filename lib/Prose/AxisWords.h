//===- AxisWords.h - What documents call the axes of a plan -----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_AXISWORDS_H
#define MOE_LIB_PROSE_AXISWORDS_H

#include "Statement.h"

namespace mlir::moe {

/// An axis that words name: its tokens are [begin, end).
struct AxisMention {
  llvm::StringRef axis; ///< "ep", as plans spell it
  size_t begin = 0, end = 0;
};

/// The axes of a line in its order: "TP", "TP8", "expert parallelism", "data
/// parallel ranks", and "expert" or "tensor" before a collective.
std::vector<AxisMention> axesOf(const Statement &statement);

/// The one axis of a line; empty when it names none, or several.
llvm::StringRef onlyAxisOf(const Statement &statement);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_AXISWORDS_H
