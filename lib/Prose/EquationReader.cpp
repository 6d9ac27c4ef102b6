//===- EquationReader.cpp - A x B = C -------------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expressions.h"
#include "Readers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

static bool isRelation(const Token &token) {
  static constexpr StringRef signs[] = {"=", "==", "<", "<=", ">", ">="};
  return token.kind == TokenKind::Symbol &&
         llvm::is_contained(signs, token.text);
}

/// Where an expression cannot reach across.
static bool isBoundary(const Token &token) {
  static constexpr StringRef signs[] = {",",  ":", ";", ".", "->",
                                        "--", "?", "!", "|", "..."};
  return isRelation(token) || (token.kind == TokenKind::Symbol &&
                               llvm::is_contained(signs, token.text));
}

static std::optional<Comparison> comparisonOf(StringRef sign) {
  if (sign == "<")
    return Comparison::Less;
  if (sign == "<=")
    return Comparison::LessEqual;
  if (sign == ">")
    return Comparison::Greater;
  if (sign == ">=")
    return Comparison::GreaterEqual;
  return Comparison::Equal;
}

namespace {
/// An equation of a line.
struct Equation {
  ProseExpression left;
  Amount right;
  size_t rightEnd = 0;
};
} // namespace

static size_t boundaryBefore(const Statement &statement, size_t at) {
  while (at > 0 && !isBoundary(statement.tokens[at - 1]))
    --at;
  return at;
}

static size_t boundaryAfter(const Statement &statement, size_t at) {
  while (at < statement.tokens.size() && !isBoundary(statement.tokens[at]))
    ++at;
  return at;
}

/// Whether the arithmetic goes on at a token: what was read is a part of it.
static bool isOperator(const Statement &statement, size_t token) {
  static constexpr StringRef signs[] = {"*", "/", "+", "^", "x"};
  if (token >= statement.tokens.size() || statement.tokens[token].isNumber())
    return false;
  StringRef text = statement.tokens[token].text;
  return llvm::is_contained(signs, text) ||
         (text == "-" && !statement.isAttached(token) &&
          !statement.isAttached(token + 1));
}

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

/// "64 x 2 = 128", and "128 = 64 x 2".
static std::optional<Equation> equationAt(const Statement &statement,
                                          size_t sign) {
  auto left =
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
  if (left->begin > 0 && isOperator(statement, left->begin - 1))
    return std::nullopt;
  if (left->isSingle() && isHalfRead(statement, *left))
    return std::nullopt;
  const Token &first = statement.tokens[begin];
  if (first.isNumber() && first.amount.isRange() && left->operators > 0)
    return Equation{*left, first.amount, begin + 1};
  auto right =
      readExpression(statement, begin, boundaryAfter(statement, begin));
  if (right && isOperator(statement, right->end))
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
  // Names of figures have units of their own.
  bool numbers = llvm::none_of(left.pieces, [](const auto &piece) {
    return !piece.amount && !piece.text.empty() &&
           llvm::isAlpha(piece.text.front());
  });
  if (implied && numbers && stated.unit != "%" && stated.unit != "x" &&
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

/// `20 GB < 64 GB`, the first perhaps in parentheses.
static bool readInequality(Statement &statement, size_t sign, ClaimSink &sink) {
  size_t before = sign;
  if (before > 1 && statement.tokens[before - 1].is(")"))
    --before;
  if (before == 0 || sign + 1 >= statement.tokens.size())
    return false;
  const Token &left = statement.tokens[before - 1],
              &right = statement.tokens[sign + 1];
  Comparison comparison = *comparisonOf(statement.tokens[sign].text);
  if (!left.isNumber() || !right.isNumber() || left.amount.isRange() ||
      right.amount.isRange() || comparison == Comparison::Equal)
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
  Comparison comparison = *comparisonOf(statement.tokens[sign].text);
  if (number.isNumber() && comparison != Comparison::Equal &&
      !number.amount.isRange())
    number.amount.bound = comparison;
}

void mlir::moe::readEquations(Statement &statement, ClaimSink &sink) {
  for (size_t i = 0; i < statement.tokens.size(); ++i) {
    if (!isRelation(statement.tokens[i]) || statement.used[i])
      continue;
    if (readInequality(statement, i, sink))
      continue;
    std::optional<Equation> equation = equationAt(statement, i);
    if (!equation) {
      boundNumber(statement, i);
      continue;
    }
    equation->right.bound = equation->right.bound == Comparison::Equal
                                ? *comparisonOf(statement.tokens[i].text)
                                : equation->right.bound;
    if (!claimEquation(*equation, statement, sink))
      continue;
    sink.noteProduct(equation->left, equation->right, statement);
    statement.use(equation->left.begin, equation->rightEnd);
    // Of two spellings of one value, either may be that of a figure.
    if (equation->left.isSingle())
      statement.reopen(equation->left.begin);
    // A result with a unit may also be the value of a figure.
    if (!equation->right.unit.empty() && statement.tokens[i + 1].isNumber())
      statement.reopen(i + 1);
  }
}
