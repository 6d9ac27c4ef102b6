//===- EquationReader.cpp - A x B = C -------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expressions.h"
#include "Readers.h"
#include "Relations.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// An equation of a line.
struct Equation {
  ProseExpression left;
  Amount right;
  size_t rightEnd = 0;
  /// The right side goes on, and an equation of its own follows.
  bool isStep = false;
};
} // namespace

/// "2 / EP" of "DP=2 / EP=8": a value and the next name.
static bool isListOfValues(const Statement &statement,
                           const ProseExpression &left) {
  return left.begin > 0 && statement.tokens[left.begin - 1].is("=") &&
         left.operators == 1 && left.pieces.back().text != ")" &&
         !left.pieces.back().amount &&
         !llvm::isDigit(left.pieces.back().text.front());
}

/// "400 Gb/s = 50 GB/s".
static bool isConversion(const ProseExpression &left,
                         const ProseExpression &right) {
  const auto &from = left.pieces.front().amount,
             &to = right.pieces.front().amount;
  return left.isSingle() && right.isSingle() && from && to &&
         !from->unit.empty() && !to->unit.empty() && from->unit != to->unit &&
         from->dimension() == to->dimension();
}

/// "at 25 us" of "52 sums at 25 us": a part of what is equal.
static bool isHalfRead(const Statement &statement,
                       const ProseExpression &left) {
  return left.begin > 0 && (statement.tokens[left.begin - 1].is("at") ||
                            statement.tokens[left.begin - 1].is("of"));
}

/// Whether a figure is named in it: it has a unit of its own, and a value that
/// the plan knows.
static bool hasName(const ProseExpression &expression) {
  return llvm::any_of(expression.pieces, [](const auto &piece) {
    return !piece.amount && !piece.text.empty() &&
           llvm::isAlpha(piece.text.front());
  });
}

/// Whether a number is within half and twice what the expression comes to.
static bool isNear(const ProseExpression &left, const Amount &number,
                   const ClaimSink &sink) {
  std::string text = left.text(), result = numberText(number);
  if (!left.hasUnit() && !number.unit.empty()) {
    text = left.bareText().value_or(text);
    result = plainNumber(number);
  }
  return sink.isTrue(text + " < 2 * " + result) &&
         sink.isTrue("2 * (" + text + ") > " + result);
}

/// "16 x 64 = 1,024" of "16 x 64 = 1,024 / 64 = 16": the right side begins with
/// the result and goes on from there. "64 x 2 = 16 x 8 = 128" does not.
static std::optional<Equation> firstOfChain(const Statement &statement,
                                            const ProseExpression &left,
                                            const ProseExpression &right,
                                            const ClaimSink &sink) {
  bool equalAgain = right.end < statement.tokens.size() &&
                    statement.tokens[right.end].is("=");
  const auto &result = right.pieces.front().amount;
  if (hasName(left) || !equalAgain || !result || !isNear(left, *result, sink))
    return std::nullopt;
  return Equation{left, *result, right.begin + 1, /*isStep=*/true};
}

/// "1/3 + 1/3 = 2/3": what two sums say is claimed where it is true; where it
/// is not, another part of the line may be meant.
static bool claimBothSides(Statement &statement, size_t sign, ClaimSink &sink) {
  auto left =
      readExpressionBefore(statement, boundaryBefore(statement, sign), sign);
  auto right =
      readExpression(statement, sign + 1, boundaryAfter(statement, sign + 1));
  if (!left || !right || left->operators == 0 || right->operators == 0 ||
      hasName(*left) || hasName(*right) ||
      (left->begin > 0 && goesOn(statement, left->begin - 1)) ||
      goesOn(statement, right->end))
    return false;
  std::string says = left->text() + " = " + right->text();
  if (!sink.isTrue(says) || !sink.claim(says, statement))
    return false;
  statement.use(left->begin, right->end);
  return true;
}

/// "x 128 = 185 ms" of "67.1 / 50 = 1.34 ms, x 128 = 185 ms" goes on from the
/// result before it.
static std::optional<ProseExpression>
continued(const Statement &statement, const std::optional<Equation> &last,
          size_t sign) {
  size_t begin = boundaryBefore(statement, sign);
  if (!last || begin == 0 || !statement.tokens[begin - 1].is(",") ||
      last->rightEnd != begin - 1 || !goesOn(statement, begin))
    return std::nullopt;
  StringRef text = statement.tokens[begin].text;
  auto rest = readExpression(statement, begin + 1, sign);
  if (!rest || rest->end != sign)
    return std::nullopt;
  ProseExpression whole = *rest;
  whole.pieces.insert(
      whole.pieces.begin(),
      {{last->right, ""}, {std::nullopt, text == "x" ? "*" : text.str()}});
  whole.begin = begin;
  ++whole.operands;
  ++whole.operators;
  return whole;
}

/// "64 x 2 = 128", and "128 = 64 x 2".
static std::optional<Equation> equationAt(const Statement &statement,
                                          size_t sign,
                                          const std::optional<Equation> &last,
                                          const ClaimSink &sink) {
  auto left = continued(statement, last, sign);
  bool goesOnFrom = left.has_value();
  if (!left)
    left =
        readExpressionBefore(statement, boundaryBefore(statement, sign), sign);
  size_t begin = sign + 1;
  // A range is no operand of an expression.
  while (begin < statement.tokens.size() &&
         (statement.tokens[begin].is("~") ||
          statement.tokens[begin].is("about") ||
          statement.tokens[begin].is("only")))
    ++begin;
  if (!left || begin >= statement.tokens.size() ||
      isListOfValues(statement, *left))
    return std::nullopt;
  if (!goesOnFrom && left->begin > 0 && goesOn(statement, left->begin - 1))
    return std::nullopt;
  if (left->isSingle() && isHalfRead(statement, *left))
    return std::nullopt;
  const Token &first = statement.tokens[begin];
  if (first.isNumber() && first.amount.isRange() && left->operators > 0)
    return Equation{*left, first.amount, begin + 1};
  auto right =
      readExpression(statement, begin, boundaryAfter(statement, begin));
  if (right && goesOn(statement, right->end))
    return std::nullopt;
  if (right && isConversion(*left, *right))
    return Equation{*left, *right->pieces.front().amount, right->end};
  // "26 x 2 = 52 sums at 25 us": what is equal comes first.
  if (right && left->operators > 0 && right->operators > 0 &&
      first.isNumber() && !first.amount.isRange() &&
      begin + 1 < statement.tokens.size() &&
      statement.hasWordIn({"at", "of"}, begin + 1, right->end) &&
      statement.tokens[begin + 1].isWord())
    return Equation{*left, first.amount, begin + 1};
  if (right && left->operators > 0 && right->operators > 0)
    return firstOfChain(statement, *left, *right, sink);
  if (!right || (left->operators == 0) == (right->operators == 0))
    return std::nullopt;
  bool swapped = left->operators == 0;
  const ProseExpression &single = swapped ? *left : *right;
  if (!single.pieces.front().amount)
    return std::nullopt;
  return Equation{swapped ? *right : *left, *single.pieces.front().amount,
                  right->end};
}

/// Whether the unit counts things, alone or in a second: "tokens/s".
static bool isCounting(const Unit &unit) {
  Dimension dimension = unit.dimension();
  return unit.numerator() == 1 && unit.denominator() == 1 &&
         (dimension == Dimension::Count || dimension == Dimension::Tokens ||
          dimension == Dimension::TokensPerSecond ||
          dimension == Dimension::TokensPerSecondPerGpu ||
          dimension == Dimension::SamplesPerSecond ||
          dimension == Dimension::SequencesPerSecond);
}

/// Whether no number has a unit but of counts and times.
static bool countsAlone(const ProseExpression &expression) {
  return llvm::all_of(expression.pieces, [](const auto &piece) {
    std::optional<Unit> unit =
        Unit::lookup(piece.amount ? StringRef(piece.amount->unit) : "");
    return unit &&
           (isCounting(*unit) || unit->dimension() == Dimension::Seconds);
  });
}

/// What a result with a unit may mean where its operands have none: "1.9 + 12 =
/// 13.9 GB" has the unit of all numbers, "205K x 2 x 1.3B = 533 TFLOPS" is of
/// whole ones, "15 / 3350 = 4.5 ms" of seconds, "145 + 5.7 = 150.7 B" counts
/// billions.
static std::vector<Amount> meaningsOf(const Amount &stated) {
  Amount plain = stated, whole = stated, counted = stated;
  plain.unit.clear();
  whole.unit.clear();
  Unit unit = Unit::lookup(stated.unit).value_or(Unit());
  for (int64_t factor = unit.numerator(); factor > 1 && factor % 10 == 0;
       factor /= 10)
    ++whole.power;
  std::vector<Amount> meanings = {plain, whole};
  if (std::optional<std::string> bare = bareNumber(stated);
      bare && !stated.power) {
    counted.unit.clear();
    counted.digits = *bare;
    meanings.push_back(counted);
  }
  if (stated.power || stated.unit == "B") {
    plain.power = stated.power ? 0 : 9;
    meanings.push_back(plain);
  }
  return meanings;
}

/// Numbers without units on the left: whichever meaning makes it true.
static bool claimImplied(const ProseExpression &left, const Amount &stated,
                         const Statement &statement, ClaimSink &sink) {
  std::string bare = *left.bareText();
  std::vector<Amount> meanings = meaningsOf(stated);
  for (const Amount &meaning : meanings)
    if (sink.holds(bare, meaning))
      return sink.equals(bare, meaning, statement);
  return sink.equals(bare, left.hasPower() ? meanings[1] : meanings[0],
                     statement);
}

/// A quantity that ends in zeros may be rounded to three digits: `7,031 x 64 =
/// 450,000 tokens/s`. Nothing for what counts things, and for fewer digits.
static std::optional<Amount> rounded(const Amount &stated) {
  constexpr size_t kept = 3;
  StringRef digits = stated.digits;
  size_t nonZero = digits.rtrim('0').size();
  if (stated.unit.empty() || stated.power || digits.contains('.') ||
      digits.size() < nonZero + 2 || digits.size() <= kept)
    return std::nullopt;
  size_t length = std::max(kept, nonZero);
  Amount result = stated;
  result.power = static_cast<unsigned>(digits.size() - length);
  result.digits = digits.take_front(length).str();
  return result;
}

/// Claims the equation, as it is stated or, where only that holds, rounded.
static bool claimRounded(const std::string &left, const Amount &stated,
                         const std::string &unit, const Statement &statement,
                         ClaimSink &sink) {
  Amount exact = stated;
  std::optional<Amount> round = rounded(stated);
  exact.unit = unit;
  if (round)
    round->unit = unit;
  bool isRound = round && !sink.holds(left, exact) && sink.holds(left, *round);
  return sink.equals(left, isRound ? *round : exact, statement);
}

/// With the units as they stand, or, where words are units, without: `128 x
/// 1024 x 18.18 = 2.38M tokens/s`.
static bool claimEquation(const Equation &equation, const Statement &statement,
                          ClaimSink &sink) {
  const ProseExpression &left = equation.left;
  Amount stated = equation.right;
  bool implied = !left.hasUnit() && left.bareText() && !stated.isRange() &&
                 Unit::lookup(stated.unit);
  if (implied && !hasName(left) && stated.unit != "%" && stated.unit != "x" &&
      (!stated.unit.empty() || stated.power))
    return claimImplied(left, stated, statement, sink);
  // "8.5 ms x 24 = 204" has the unit of the left.
  if (stated.unit.empty() && !stated.isRange())
    if (std::optional<std::string> unit = left.onlyUnit();
        unit && !isCounting(*Unit::lookup(*unit))) {
      Amount same = stated;
      same.unit = *unit;
      if (sink.equals(left.text(), same, statement))
        return true;
    }
  if (claimRounded(left.text(), stated, stated.unit, statement, sink))
    return true;
  std::optional<std::string> bare = left.bareText();
  if (!bare || stated.isRange())
    return false;
  // "4 M tokens / 51,200 tokens/s = 78 s".
  if (sink.equals(left.countedText(), stated, statement))
    return true;
  std::optional<Unit> unit = Unit::lookup(stated.unit);
  if (unit && isCounting(*unit) && countsAlone(left))
    return claimRounded(*bare, stated, "", statement, sink);
  return false;
}

void mlir::moe::readEquations(Statement &statement, ClaimSink &sink) {
  std::optional<Equation> last;
  for (size_t i = 0; i < statement.tokens.size(); ++i) {
    if (!isRelation(statement.tokens[i]) || statement.used[i])
      continue;
    if (comparisonOf(statement.tokens[i].text) != Comparison::Equal) {
      readBound(statement, i, sink);
      continue;
    }
    std::optional<Equation> equation = equationAt(statement, i, last, sink);
    if (!equation) {
      claimBothSides(statement, i, sink);
      continue;
    }
    if (!claimEquation(*equation, statement, sink))
      continue;
    last = equation;
    sink.noteProduct(equation->left, equation->right, statement);
    statement.use(equation->left.begin, equation->rightEnd);
    // Of two spellings of one value, either may be that of a figure.
    if (equation->left.isSingle())
      statement.reopen(equation->left.begin);
    // A result with a unit may also be the value of a figure; what goes on is
    // none yet.
    if (!equation->right.unit.empty() && !equation->isStep &&
        statement.tokens[i + 1].isNumber())
      statement.reopen(i + 1);
  }
}
