//===- DecimalMarks.h - Decimal commas and points ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// "1.024" is a number of GPUs in one language and of seconds in another. Other
// numbers of the document tell: "3,5 GB" can only have a decimal comma, "42.3
// GB" only a decimal point. Where both occur often, those of a section decide
// in it; what then still can be read in two ways is marked, and read in
// neither.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_DECIMALMARKS_H
#define MOE_LIB_PROSE_DECIMALMARKS_H

#include "Markdown.h"

namespace mlir::moe {

/// Stands before a number that is read in neither way.
constexpr char ambiguousMark = '\x02';

/// Writes the numbers of all lines with decimal points and without marks
/// between groups of digits, as far as the document tells what they are.
void settleDecimals(std::vector<ProseLine> &lines);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_DECIMALMARKS_H
