//===- Expressions.h - Arithmetic between words -----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_PROSE_EXPRESSIONS_H
#define MOE_LIB_PROSE_EXPRESSIONS_H

#include "Statement.h"

namespace mlir::moe {

/// `16 layers x 64 experts`: numbers, names of figures and operators, without
/// the words between them.
struct ProseExpression {
  /// An operand with its unit, or an operator or parenthesis.
  struct Piece {
    std::optional<Amount> amount;
    std::string text;
    /// "tokens", "samples" or "sequences" that the number counts.
    llvm::StringRef counted = "";
  };
  std::vector<Piece> pieces;
  size_t begin = 0, end = 0; ///< tokens
  unsigned operands = 0, operators = 0;

  bool isSingle() const { return operands == 1 && operators == 0; }
  /// As a claim writes it.
  std::string text() const;
  /// With all numbers in SI units and no unit; nothing when a unit is no power
  /// of ten.
  std::optional<std::string> bareText() const;
  /// As a claim writes it, with what is counted as a unit: "4000 tokens".
  std::string countedText() const;
  /// Whether a number has a unit.
  bool hasUnit() const;
  /// The one unit of its numbers; nothing when there is none, or several.
  std::optional<std::string> onlyUnit() const;
  /// Whether a number is a multiple of a power of ten: "1.3B", "37e9".
  bool hasPower() const;
  /// Whether a number is in it, not names alone.
  bool hasNumber() const;
};

/// The number as an operand, with its unit: "42.3 GB", "(2.6 * 1000000)".
std::string numberText(const Amount &amount);

/// The number in SI units, without its unit: `204 ms` ~> "0.204".
std::optional<std::string> bareNumber(const Amount &amount);

/// Whether the word multiplies: "3 times (4 + 5)", not "3 times faster" and
/// "the time". Words are kept without the "s" of a plural.
bool isTimes(const Statement &statement, size_t token);

/// The longest expression that begins at `begin` and ends before `end`.
std::optional<ProseExpression> readExpression(const Statement &statement,
                                              size_t begin, size_t end);

/// The expression that ends where `end` is and begins at `begin` or later.
std::optional<ProseExpression> readExpressionBefore(const Statement &statement,
                                                    size_t begin, size_t end);

} // namespace mlir::moe

#endif // MOE_LIB_PROSE_EXPRESSIONS_H
