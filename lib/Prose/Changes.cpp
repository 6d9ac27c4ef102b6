//===- Changes.cpp - How much a figure changed ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Changes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

double mlir::moe::valueOf(const Amount &amount) {
  std::string error;
  std::optional<Decimal> digits = Decimal::parse(amount.digits, error);
  if (!digits)
    return 0;
  Quantity quantity{*digits, Unit::lookup(amount.unit).value_or(Unit())};
  double value = quantity.toSI();
  for (unsigned i = 0; i < amount.power; ++i)
    value *= 10;
  return value;
}

bool mlir::moe::isChange(const Amount &amount) {
  return amount.unit == "%" || amount.unit == "x";
}

bool mlir::moe::areComparable(const Amount &before, const Amount &after) {
  return before.dimension() == after.dimension() && !before.isRange() &&
         !after.isRange() && valueOf(before) > 0 && valueOf(after) > 0;
}

std::string mlir::moe::differenceOf(const Amount &before, const Amount &after) {
  bool grows = valueOf(after) >= valueOf(before);
  return numberText(grows ? after : before) + " - " +
         numberText(grows ? before : after);
}

bool mlir::moe::isPointsUnit(const Token &token) {
  return token.is("pp") || token.is("point") || token.is("percentage");
}

bool mlir::moe::isNearSum(double sum, double whole) {
  return sum > 0 && whole > 0 && whole / sum < 1.5 && sum / whole < 1.5;
}

//===----------------------------------------------------------------------===//
// Directions
//===----------------------------------------------------------------------===//

static constexpr StringRef ups[] = {
    "increase", "increased", "increasing", "higher", "more",    "growth",
    "grow",     "grew",      "grown",      "larger", "greater", "rise",
    "rose",     "raised",    "up",         "above"};
static constexpr StringRef downs[] = {
    "reduction", "reduce", "reduced", "decrease", "decreased", "lower",
    "less",      "drop",   "dropped", "saving",   "saved",     "smaller",
    "fewer",     "cut",    "down",    "shorter",  "decline",   "below"};
static constexpr StringRef betters[] = {"improvement", "improve", "improved",
                                        "better",      "faster",  "quicker",
                                        "gain",        "speedup", "speed"};

static Direction directionOf(StringRef word) {
  if (llvm::is_contained(ups, word))
    return Direction::Up;
  if (llvm::is_contained(downs, word))
    return Direction::Down;
  return llvm::is_contained(betters, word) ? Direction::Better
                                           : Direction::Unsaid;
}

Direction mlir::moe::directionIn(const Statement &words) {
  for (const Token &token : words.tokens)
    if (token.isWord())
      if (Direction found = directionOf(token.text); found != Direction::Unsaid)
        return found;
  return Direction::Unsaid;
}

/// "+" or "-" directly before a number, which does not join it to another one.
static Direction signBefore(const Statement &statement, size_t token) {
  const auto &tokens = statement.tokens;
  if (token == 0 || !statement.isAttached(token))
    return Direction::Unsaid;
  bool joins = token > 1 && tokens[token - 2].isNumber() &&
               statement.isAttached(token - 1);
  const Token &sign = tokens[token - 1];
  if (joins)
    return Direction::Unsaid;
  return sign.is("+")   ? Direction::Up
         : sign.is("-") ? Direction::Down
                        : Direction::Unsaid;
}

StatedChange mlir::moe::changeAt(const Statement &statement, size_t token) {
  const auto &tokens = statement.tokens;
  StatedChange change{tokens[token].amount, signBefore(statement, token)};
  auto [begin, end] = statement.clauseOf(token);
  // "a reduction of 40 %", "dropped by 40 %", "40 % lower".
  constexpr size_t near = 3;
  Direction word = Direction::Unsaid;
  for (size_t i = token + 1; i < std::min(end, token + 1 + near); ++i)
    if (word == Direction::Unsaid && tokens[i].isWord())
      word = directionOf(tokens[i].text);
  // "More than" and "up to" are bounds.
  for (size_t i = token; i > begin && i + near > token; --i) {
    if (tokens[i - 1].is("than") || tokens[i - 1].is("to"))
      break;
    if (word == Direction::Unsaid && tokens[i - 1].isWord())
      word = directionOf(tokens[i - 1].text);
  }
  // "+40 % better" is good, whichever way that is.
  bool good = change.direction == Direction::Up && word == Direction::Better;
  if (change.direction == Direction::Unsaid || good)
    change.direction = word;
  return change;
}

std::optional<StatedChange>
mlir::moe::changeInWords(const Statement &statement) {
  struct Row {
    StringRef word, factor;
    Direction direction;
  };
  static constexpr Row rows[] = {
      {"doubled", "2", Direction::Up},  {"doubling", "2", Direction::Up},
      {"tripled", "3", Direction::Up},  {"quadrupled", "4", Direction::Up},
      {"halved", "2", Direction::Down}, {"halving", "2", Direction::Down}};
  for (const Row &row : rows)
    if (statement.hasWord(row.word))
      return StatedChange{{row.factor.str(), "", 0, "x", Comparison::Equal},
                          row.direction};
  return std::nullopt;
}

/// Whether the figure grows when it gets better; nothing where that depends.
static std::optional<bool> betterIsMore(const Amount &amount) {
  switch (kindOf(amount).value_or(FigureKind::Count)) {
  case FigureKind::Seconds:
    return false;
  case FigureKind::Rate:
  case FigureKind::Compute:
  case FigureKind::Bandwidth:
    return true;
  case FigureKind::Bytes:
  case FigureKind::Ratio:
  case FigureKind::WorkPerToken:
  case FigureKind::Count:
    return std::nullopt;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Claims
//===----------------------------------------------------------------------===//

/// Both numbers as operands of a division, of which a product is none.
static std::optional<std::pair<std::string, std::string>>
operandsOf(const Amount &left, const Amount &right) {
  std::string first = numberText(left), second = numberText(right);
  if (!StringRef(first).contains(" * ") && !StringRef(second).contains(" * "))
    return std::pair(first, second);
  std::optional<std::string> bareFirst = bareNumber(left),
                             bareSecond = bareNumber(right);
  if (!bareFirst || !bareSecond)
    return std::nullopt;
  return std::pair(*bareFirst, *bareSecond);
}

std::optional<std::string> mlir::moe::quotientOf(const Amount &left,
                                                 const Amount &right) {
  auto operands = operandsOf(left, right);
  if (!operands)
    return std::nullopt;
  return operands->first + " / " + operands->second;
}

/// A factor is that of the larger value to the smaller one, but one below 1 is
/// of what is left.
static std::string factorOf(const std::string &old, const std::string &now,
                            const StatedChange &change, bool up,
                            const ClaimSink &sink) {
  std::string growth = now + " / " + old, shrinkage = old + " / " + now;
  if (valueOf(change.amount) >= 1)
    return up ? growth : shrinkage;
  bool other = !sink.holds(growth, change.amount) &&
               sink.holds(shrinkage, change.amount);
  return other ? shrinkage : growth;
}

/// The change of two percentages in points, where it is that: "60 % -> 95 %
/// (+35 %)".
static std::optional<std::string> pointsOf(const Amount &before,
                                           const Amount &after,
                                           const Amount &change,
                                           const ClaimSink &sink) {
  if (before.unit != "%" || after.unit != "%" || change.unit != "%")
    return std::nullopt;
  std::string left = differenceOf(before, after);
  return sink.holds(left, change) ? std::optional(left) : std::nullopt;
}

/// What a claim says equals the change.
static std::optional<std::string> changeOf(const Amount &before,
                                           const Amount &after,
                                           const StatedChange &change,
                                           const ClaimSink &sink) {
  auto operands = operandsOf(before, after);
  if (!areComparable(before, after) || !isChange(change.amount) || !operands)
    return std::nullopt;
  auto [old, now] = *operands;
  bool up = valueOf(after) >= valueOf(before);
  if (change.direction == Direction::Better)
    up = betterIsMore(after).value_or(up);
  else if (change.direction != Direction::Unsaid)
    up = change.direction == Direction::Up;
  if (change.amount.unit == "x")
    return factorOf(old, now, change, up, sink);
  std::string left =
      up ? "change(" + old + ", " + now + ")" : "1 - " + now + " / " + old;
  auto points = sink.holds(left, change.amount)
                    ? std::nullopt
                    : pointsOf(before, after, change.amount, sink);
  return points ? points : left;
}

bool mlir::moe::claimChange(const Amount &before, const Amount &after,
                            const StatedChange &change,
                            const Statement &statement, ClaimSink &sink) {
  auto left = changeOf(before, after, change, sink);
  return left && sink.equals(*left, change.amount, statement);
}

bool mlir::moe::isThatChange(const Amount &before, const Amount &after,
                             const StatedChange &change,
                             const ClaimSink &sink) {
  auto left = changeOf(before, after, change, sink);
  return left && sink.holds(*left, change.amount);
}

const MetricPhrase *mlir::moe::changingFigure(const MetricPhrase *phrase) {
  static constexpr MetricPhrase used{"", FigureKind::Bytes, "device_memory",
                                     ""};
  return phrase && phrase->metric == "gpu_memory" ? &used : phrase;
}

std::optional<std::string> mlir::moe::efficiencyOf(const ValuesOfGpus &before,
                                                   const ValuesOfGpus &after) {
  if (!areComparable(before.gpus, after.gpus) ||
      !areComparable(before.value, after.value))
    return std::nullopt;
  bool time = kindOf(before.value) == FigureKind::Seconds;
  std::optional<std::string> gained =
      time ? quotientOf(before.value, after.value)
           : quotientOf(after.value, before.value);
  std::optional<std::string> possible = quotientOf(after.gpus, before.gpus);
  if (!gained || !possible)
    return std::nullopt;
  return "(" + *gained + ") / (" + *possible + ")";
}
