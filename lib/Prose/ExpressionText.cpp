//===- ExpressionText.cpp - Expressions as claims write them --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ClaimSink.h"
#include "Expressions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

/// "134 M" is rounded to its last digit, where the language of claims takes
/// whole numbers for exact: 1.34 * 100000000.
static std::string roundedNumber(const Amount &amount) {
  StringRef digits = amount.digits;
  constexpr unsigned million = 6;
  if (amount.power < million || digits.contains('.') || digits.size() < 2)
    return plainNumber(amount);
  Amount shifted = amount;
  shifted.digits = (digits.take_front(1) + "." + digits.drop_front(1)).str();
  shifted.power += static_cast<unsigned>(digits.size() - 1);
  return plainNumber(shifted);
}

std::string mlir::moe::numberText(const Amount &amount) {
  std::string unit = amount.unit.empty() ? "" : " " + amount.unit;
  return (unit.empty() ? roundedNumber(amount) : plainNumber(amount)) + unit;
}

std::string ProseExpression::text() const {
  std::string result;
  for (const Piece &piece : pieces) {
    std::string text = piece.amount ? numberText(*piece.amount) : piece.text;
    bool tight = result.empty() || result.back() == '(' || text == ")";
    result += (tight ? "" : " ") + text;
  }
  return result;
}

/// `digits` x 10^`shift`.
static std::string shifted(StringRef digits, int shift) {
  auto [whole, fraction] = digits.split('.');
  std::string all = (whole + fraction).str();
  int scale = static_cast<int>(fraction.size()) - shift;
  auto places = static_cast<size_t>(std::max(scale, 0));
  all += std::string(static_cast<size_t>(std::max(-scale, 0)), '0');
  if (all.size() <= places)
    all.insert(0, places + 1 - all.size(), '0');
  if (places)
    all.insert(all.size() - places, ".");
  size_t zeros = all.find_first_not_of('0');
  bool fraction0 = zeros != std::string::npos && all[zeros] == '.';
  all.erase(0, std::min(fraction0 ? zeros - 1 : zeros, all.size() - 1));
  return all;
}

/// The exponent of a power of ten.
static std::optional<int> exponentOf(int64_t power) {
  int exponent = 0;
  for (; power > 1 && power % 10 == 0; power /= 10)
    ++exponent;
  return power == 1 ? std::optional(exponent) : std::nullopt;
}

std::optional<std::string> mlir::moe::bareNumber(const Amount &amount) {
  Unit unit = Unit::lookup(amount.unit).value_or(Unit());
  std::optional<int> up = exponentOf(unit.numerator()),
                     down = exponentOf(unit.denominator());
  if (!up || !down)
    return std::nullopt;
  return shifted(amount.digits, *up - *down + static_cast<int>(amount.power));
}

std::optional<std::string> ProseExpression::bareText() const {
  ProseExpression bare = *this;
  for (Piece &piece : bare.pieces) {
    if (!piece.amount)
      continue;
    std::optional<std::string> number = piece.amount->unit.empty()
                                            ? roundedNumber(*piece.amount)
                                            : bareNumber(*piece.amount);
    if (!number)
      return std::nullopt;
    piece.amount.reset();
    piece.text = *number;
  }
  return bare.text();
}

std::string ProseExpression::countedText() const {
  ProseExpression counted = *this;
  for (Piece &piece : counted.pieces)
    if (piece.amount && piece.amount->unit.empty())
      piece.amount->unit = piece.counted.str();
  return counted.text();
}

std::optional<std::string> ProseExpression::onlyUnit() const {
  std::optional<std::string> unit;
  for (const Piece &piece : pieces) {
    if (!piece.amount || piece.amount->unit.empty())
      continue;
    if (unit && *unit != piece.amount->unit)
      return std::nullopt;
    unit = piece.amount->unit;
  }
  return unit;
}

bool ProseExpression::hasUnit() const {
  return llvm::any_of(pieces, [](const Piece &piece) {
    return piece.amount && !piece.amount->unit.empty();
  });
}

bool ProseExpression::hasPower() const {
  return llvm::any_of(pieces, [](const Piece &piece) {
    return piece.amount && piece.amount->power > 0;
  });
}

bool ProseExpression::hasNumber() const {
  return llvm::any_of(pieces, [](const Piece &piece) {
    return piece.amount ||
           (!piece.text.empty() && llvm::isDigit(piece.text.front()));
  });
}
