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

/// "ep" and "64" of the word "ep64".
struct AxisDegree {
  llvm::StringRef axis, digits;

  /// Whether plans have the key and may have the number; the data-parallel
  /// degree of experts follows from the others.
  bool isOfPlan() const {
    return axis != "edp" && !digits.empty() && digits.size() <= 7 &&
           digits.front() != '0';
  }
};

/// What "ep64" and "ep" say, this one without digits; nothing of other words.
std::optional<AxisDegree> axisDegreeIn(llvm::StringRef word);

/// "ep" of "expert"; empty for other words.
llvm::StringRef axisOfAdjective(llvm::StringRef word);

/// The axes of a line in its order: "TP", "TP8", "expert parallelism", "data
/// parallel ranks", and "expert" or "tensor" before a collective.
std::vector<AxisMention> axesOf(const Statement &statement);

/// The one axis of a line; empty when it names none, or several.
llvm::StringRef onlyAxisOf(const Statement &statement);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_AXISWORDS_H
