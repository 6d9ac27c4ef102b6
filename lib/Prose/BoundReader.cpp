//===- BoundReader.cpp - A x B < C ----------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expressions.h"
#include "Relations.h"

using namespace mlir::moe;
using llvm::StringRef;

/// `20 GB < 64 GB`, the first perhaps in parentheses: the numbers are the
/// values of figures besides.
static bool readSingle(Statement &statement, size_t sign, ClaimSink &sink) {
  size_t before = sign;
  if (before > 1 && statement.tokens[before - 1].is(")"))
    --before;
  if (before == 0 || sign + 1 >= statement.tokens.size())
    return false;
  const Token &left = statement.tokens[before - 1],
              &right = statement.tokens[sign + 1];
  Comparison comparison = comparisonOf(statement.tokens[sign].text);
  if (!left.isNumber() || !right.isNumber() || left.amount.isRange() ||
      right.amount.isRange() || goesOn(statement, sign + 2) ||
      (before > 1 && goesOn(statement, before - 2)))
    return false;
  Amount limit = right.amount;
  limit.bound = comparison;
  if (!sink.equals(numberText(left.amount), limit, statement))
    return false;
  statement.reopen(before - 1);
  statement.use(sign + 1, sign + 2);
  // "9 ms < 10 ms SLA" is a target besides.
  if (statement.hasAnyWord({"target", "slo", "sla", "goal"})) {
    statement.reopen(sign + 1);
    statement.tokens[sign + 1].amount.bound = comparison;
  }
  return true;
}

/// "< 2 ms" behind words bounds the number.
static void boundNumber(Statement &statement, size_t sign) {
  if (sign + 1 >= statement.tokens.size())
    return;
  Token &number = statement.tokens[sign + 1];
  if (number.isNumber() && !number.amount.isRange())
    number.amount.bound = comparisonOf(statement.tokens[sign].text);
}

/// Both sides as they stand, arithmetic and all; without units where only one
/// side has them, "4 x 8 <= 64 GB".
static bool claimSides(const ProseExpression &left,
                       const ProseExpression &right, StringRef sign,
                       const Statement &statement, ClaimSink &sink) {
  std::string relation = " " + sign.str() + " ";
  if (sink.claim(left.text() + relation + right.text(), statement))
    return true;
  std::optional<std::string> bareLeft = left.bareText();
  bool implied = !left.hasUnit() && right.isSingle() && bareLeft;
  // The unit of the limit is that of the numbers.
  return implied && sink.claim(*bareLeft + relation +
                                   plainNumber(*right.pieces.front().amount),
                               statement);
}

bool mlir::moe::readBound(Statement &statement, size_t sign, ClaimSink &sink) {
  StringRef text = statement.tokens[sign].text;
  if (comparisonOf(text) == Comparison::Equal)
    return false;
  if (readSingle(statement, sign, sink))
    return true;
  auto left =
      readExpressionBefore(statement, boundaryBefore(statement, sign), sign);
  auto right =
      readExpression(statement, sign + 1, boundaryAfter(statement, sign + 1));
  bool arithmetic = left && right && left->operators + right->operators > 0 &&
                    left->hasNumber() && right->pieces.front().amount &&
                    !(left->begin > 0 && goesOn(statement, left->begin - 1)) &&
                    !goesOn(statement, right->end);
  if (!arithmetic) {
    // A part of arithmetic that is not read is no value.
    if (sign > 0 && !goesOn(statement, sign + 2) &&
        !(left && left->operators > 0))
      boundNumber(statement, sign);
    return false;
  }
  if (!claimSides(*left, *right, text, statement, sink))
    return false;
  statement.use(left->begin, right->end);
  return true;
}
