//===- Expressions.cpp - Arithmetic between words -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expressions.h"

#include "AxisWords.h"
#include "ClaimSink.h"
#include "MetricPhrases.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
/// Reads operands and operators in turn; words behind an operand are what it
/// counts.
class ExpressionReader {
public:
  ExpressionReader(const Statement &statement, size_t begin, size_t end)
      : statement(statement), at(begin), end(end) {
    result.begin = begin;
  }
  std::optional<ProseExpression> read();

private:
  bool readOperand();
  bool isSymbolic() const;
  bool isEachOf() const;
  StringRef countedBehind() const;
  void readUnitOfGroup();
  bool readExponent();
  bool readOperator();
  bool skipAside();
  void skipNouns();
  /// Ends the expression behind the last operand.
  void commit();

  const Token &token() const { return statement.tokens[at]; }

  const Statement &statement;
  size_t at, end;
  int depth = 0;
  ProseExpression result, complete;
};
} // namespace

/// 64 of "EP64".
static std::optional<std::string> degreeIn(StringRef word) {
  std::optional<AxisDegree> degree = axisDegreeIn(word);
  if (!degree || degree->digits.empty() || degree->digits.size() > 7)
    return std::nullopt;
  return degree->digits.str();
}

void ExpressionReader::commit() {
  result.end = at;
  if (depth == 0)
    complete = result;
}

bool ExpressionReader::readOperand() {
  while (at < end && token().is("(")) {
    result.pieces.push_back({std::nullopt, "("});
    ++depth;
    ++at;
  }
  while (at < end && (token().is("~") || token().is("about") ||
                      token().is("approximately") || token().is("roughly")))
    ++at;
  if (at >= end)
    return false;
  bool factor = token().isNumber() && token().amount.unit == "x";
  if (token().isNumber() && !token().amount.isRange() && !isSymbolic() &&
      token().amount.hasKnownUnit() && !(factor && result.operands > 0)) {
    result.pieces.push_back({token().amount, "", countedBehind()});
    ++at;
    if (!readExponent())
      return false;
  } else if (std::optional<std::string> degree =
                 token().isWord() ? degreeIn(token().text) : std::nullopt) {
    result.pieces.push_back({std::nullopt, *degree});
    ++at;
  } else if (PhraseMatch match =
                 matchAt(statement.tokens, at, FigureKind::Count);
             match && !match.phrase->metric.empty() && match.end <= end) {
    result.pieces.push_back({std::nullopt, match.phrase->metric.str()});
    at = match.end;
  } else {
    return false;
  }
  ++result.operands;
  return true;
}

/// `6144^2` is a product, `10^6` a number. False when the exponent is none that
/// a claim can write.
bool ExpressionReader::readExponent() {
  if (at >= end || !token().is("^"))
    return true;
  Amount base = *result.pieces.back().amount;
  int exponent = 0;
  if (at + 1 >= end || !statement.tokens[at + 1].isNumber() ||
      StringRef(statement.tokens[at + 1].amount.digits)
          .getAsInteger(10, exponent))
    return false;
  // The unit of "10^6 B" stands behind the exponent.
  const Amount &power = statement.tokens[at + 1].amount;
  at += 2;
  if (base.digits == "10" && base.power == 0 && exponent <= 15) {
    result.pieces.pop_back();
    base.digits = "1" + std::string(static_cast<size_t>(exponent), '0');
    base.unit = power.unit;
    base.power = power.power;
    result.pieces.push_back({base, ""});
    return true;
  }
  constexpr int most = 4;
  if (exponent < 2 || exponent > most || !base.unit.empty())
    return false;
  // Of a quotient the whole power is divided by.
  bool divided = result.pieces.size() > 1 &&
                 result.pieces[result.pieces.size() - 2].text == "/";
  for (int i = 1; i < exponent; ++i) {
    result.pieces.push_back({std::nullopt, divided ? "/" : "*"});
    result.pieces.push_back({base, ""});
  }
  result.pieces.back().amount->unit = power.unit;
  return power.power == 0;
}

/// Whether letters behind a number stand for factors: "3 d f", "4 L d^2".
bool ExpressionReader::isSymbolic() const {
  if (at + 1 >= end || !token().amount.unit.empty() || token().amount.power)
    return false;
  const Token &next = statement.tokens[at + 1];
  return next.isWord() && next.text.size() == 1 &&
         llvm::isAlpha(next.text[0]) && !next.is("x") && !next.is("a");
}

/// The unit of what a number counts.
StringRef ExpressionReader::countedBehind() const {
  static constexpr std::pair<StringRef, StringRef> things[] = {
      {"token", "tokens"},
      {"tok", "tokens"},
      {"sample", "samples"},
      {"sequence", "sequences"},
      {"seq", "sequences"}};
  for (auto [word, unit] : things)
    if (at + 1 < end && statement.tokens[at + 1].is(word))
      return unit;
  return "";
}

/// "80 collectives at 0.5 ms", "47B parameters at 2 bytes": so many of so much.
bool ExpressionReader::isEachOf() const {
  return at + 1 < end && (token().is("at") || token().is("of")) &&
         statement.tokens[at + 1].isNumber() &&
         !statement.tokens[at + 1].amount.unit.empty() &&
         statement.tokens[at + 1].amount.unit != "%" &&
         result.pieces.back().amount &&
         result.pieces.back().amount->unit.empty();
}

bool mlir::moe::isTimes(const Statement &statement, size_t token) {
  const auto &tokens = statement.tokens;
  constexpr size_t letters = 5; // of "times"
  return token + 1 < tokens.size() && tokens[token].is("time") &&
         tokens[token].end - tokens[token].begin == letters &&
         (tokens[token + 1].isNumber() || tokens[token + 1].is("("));
}

/// Operators are signs; a dash between blanks is a minus.
bool ExpressionReader::readOperator() {
  if (at >= end)
    return false;
  StringRef sign = token().text;
  if (token().isNumber())
    return false;
  if (sign == "x" || isTimes(statement, at) || isEachOf())
    sign = "*";
  if (sign == "plus")
    sign = "+";
  bool minus =
      sign == "-" && !statement.isAttached(at) && !statement.isAttached(at + 1);
  if (sign != "*" && sign != "/" && sign != "+" && !minus)
    return false;
  result.pieces.push_back({std::nullopt, sign.str()});
  ++result.operators;
  ++at;
  return true;
}

/// Whether words in parentheses were skipped: "4 (TP)".
bool ExpressionReader::skipAside() {
  if (at >= end || !token().is("("))
    return false;
  size_t close = statement.closing(at);
  if (close >= end)
    return false;
  for (size_t i = at + 1; i < close; ++i)
    if (!statement.tokens[i].isWord())
      return false;
  at = close + 1;
  return true;
}

/// Words behind an operand, and what they are counted by: "8 GPUs/node".
void ExpressionReader::skipNouns() {
  constexpr size_t most = 6;
  for (size_t words = 0; at < end && words < most; ++words) {
    if (skipAside())
      continue;
    bool per = words > 0 && at + 1 < end && token().is("/") &&
               statement.isAttached(at) && statement.isAttached(at + 1) &&
               statement.tokens[at + 1].isWord();
    if (per) {
      at += 2;
      continue;
    }
    if (!token().isWord() || token().is("x") || token().is("plus") ||
        isEachOf() || isTimes(statement, at) || token().is("and") ||
        token().is("but") || token().is("with") || degreeIn(token().text))
      return;
    ++at;
  }
}

/// "(163 + 318) us" is the sum times the unit.
void ExpressionReader::readUnitOfGroup() {
  if (at >= end || !token().isWord() || token().amount.unit.empty())
    return;
  result.pieces.push_back({std::nullopt, "*"});
  Amount one = token().amount;
  one.digits = "1";
  result.pieces.push_back({one, ""});
  ++at;
}

std::optional<ProseExpression> ExpressionReader::read() {
  // Claims nest 64 deep at most, and are short.
  constexpr size_t most = 64;
  while (result.operands < most && depth < 32) {
    if (!readOperand())
      break;
    commit();
    skipNouns();
    while (at < end && token().is(")") && depth > 0) {
      result.pieces.push_back({std::nullopt, ")"});
      --depth;
      ++at;
      readUnitOfGroup();
      commit();
      skipNouns();
    }
    commit();
    if (!readOperator())
      break;
  }
  // What stands under an exponent was not read.
  if (complete.operands == 0 ||
      (complete.end < end && statement.tokens[complete.end].is("^")))
    return std::nullopt;
  return complete;
}

std::optional<ProseExpression>
mlir::moe::readExpression(const Statement &statement, size_t begin,
                          size_t end) {
  return ExpressionReader(statement, begin, end).read();
}

std::optional<ProseExpression>
mlir::moe::readExpressionBefore(const Statement &statement, size_t begin,
                                size_t end) {
  // Lines are short; the leftmost beginning gives the longest expression.
  constexpr size_t most = 64;
  if (end - begin > most)
    begin = end - most;
  for (size_t from = begin; from < end; ++from) {
    auto expression = readExpression(statement, from, end);
    if (expression && expression->end == end)
      return expression;
  }
  return std::nullopt;
}
