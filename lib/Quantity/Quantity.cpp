//===- Quantity.cpp - Exact decimals with units ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Quantity/Quantity.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/APInt.h"
#include "llvm/ADT/StringExtras.h"
#include <cassert>

using namespace mlir::moe;
using llvm::StringRef;

// Products of digits and factors pass 2^63 but not 2^127: 10^17 x 10^18.
__extension__ using Int128 = __int128;

static constexpr StringRef blanks = " \t";

/// 10^`exponent`, `exponent` <= 18.
static int64_t powerOfTen(unsigned exponent) {
  int64_t power = 1;
  while (exponent-- > 0)
    power *= 10;
  return power;
}

/// Length of the longest prefix of `text` that reads as a number.
static size_t lengthOfNumber(StringRef text) {
  auto digitsFrom = [&](size_t from) {
    return text.drop_front(std::min(from, text.size()))
        .take_while(llvm::isDigit)
        .size();
  };
  size_t sign = text.starts_with("-") ? 1 : 0;
  size_t whole = digitsFrom(sign);
  if (whole == 0)
    return 0;
  size_t length = sign + whole;
  if (length < text.size() && text[length] == '.')
    if (size_t places = digitsFrom(length + 1))
      length += 1 + places;
  return length;
}

std::optional<Decimal> Decimal::parse(StringRef text, std::string &error) {
  if (text.empty() || lengthOfNumber(text) != text.size()) {
    error = "expected a number such as 42.3, found " + quotedValue(text);
    return std::nullopt;
  }
  Decimal result;
  StringRef rest = text;
  bool negative = rest.consume_front("-");
  unsigned count = 0;
  bool afterPoint = false;
  for (char c : rest) {
    if (c == '.') {
      afterPoint = true;
      continue;
    }
    // Leading zeros take no room, unless they are decimal places.
    if (result.digits != 0 || c != '0' || afterPoint)
      ++count;
    if (count > maxDigits) {
      error = "the number " + quotedValue(text) + " has more than " +
              std::to_string(maxDigits) + " digits";
      return std::nullopt;
    }
    result.digits = result.digits * 10 + (c - '0');
    result.scale += afterPoint;
  }
  if (negative)
    result.digits = -result.digits;
  return result;
}

std::string Decimal::str() const {
  std::string text = std::to_string(digits < 0 ? -digits : digits);
  if (scale > 0) {
    if (text.size() <= scale)
      text.insert(0, scale + 1 - text.size(), '0');
    text.insert(text.size() - scale, 1, '.');
  }
  return digits < 0 ? "-" + text : text;
}

/// Why the part of `text` behind its number, `rest`, is no unit.
static std::string explainUnit(StringRef text, StringRef rest) {
  if (rest.size() > 1 &&
      (rest[0] == ',' || rest[0] == '_' || rest[0] == '\'') &&
      llvm::isDigit(rest[1]))
    return "found a separator in the number of " + quotedValue(text) +
           ", write its digits without";
  if (rest.size() > 1 && (rest[0] == 'e' || rest[0] == 'E') &&
      (llvm::isDigit(rest[1]) || rest[1] == '+' || rest[1] == '-'))
    return "found an exponent in " + quotedValue(text) +
           ", write the number with all its digits and a unit such as 'GB'";
  if (rest.starts_with("."))
    return "expected digits behind the point in " + quotedValue(text);
  return "unknown unit " + quoted(rest) + " in " + quotedValue(text) +
         didYouMean(rest, Unit::spellings());
}

std::optional<Quantity> Quantity::parse(StringRef text, std::string &error) {
  text = text.trim(blanks);
  size_t length = lengthOfNumber(text);
  if (length == 0) {
    error = "expected a number with its unit such as \"80 GB\", found " +
            quotedValue(text);
    return std::nullopt;
  }
  std::optional<Decimal> number =
      Decimal::parse(text.take_front(length), error);
  if (!number)
    return std::nullopt;
  StringRef rest = text.drop_front(length).ltrim(blanks);
  std::optional<Unit> unit = Unit::lookup(rest);
  if (!unit) {
    error = explainUnit(text, rest);
    return std::nullopt;
  }
  return Quantity{*number, *unit};
}

std::string Quantity::str() const {
  std::string text = number.str();
  if (!unit.spelling().empty())
    text += " " + unit.spelling().str();
  return text;
}

std::optional<int64_t> Quantity::wholeSI() const {
  Int128 dividend = Int128(number.digits) * unit.numerator();
  Int128 divisor = Int128(unit.denominator()) * powerOfTen(number.scale);
  if (dividend % divisor != 0)
    return std::nullopt;
  Int128 whole = dividend / divisor;
  if (whole > INT64_MAX || whole < INT64_MIN)
    return std::nullopt;
  return static_cast<int64_t>(whole);
}

double Quantity::toSI() const {
  Int128 dividend = Int128(number.digits) * unit.numerator();
  Int128 divisor = Int128(unit.denominator()) * powerOfTen(number.scale);
  return static_cast<double>(static_cast<long double>(dividend) /
                             static_cast<long double>(divisor));
}

std::pair<Quantity, Quantity> Quantity::interval() const {
  auto shifted = [&](int64_t by) {
    return Quantity{{number.digits * 10 + by, number.scale + 1}, unit};
  };
  return {shifted(-5), shifted(5)};
}

/// `digits * numerator * denominator * 10^places`, which needs up to 240 bits.
static llvm::APInt widened(int64_t digits, int64_t numerator,
                           int64_t denominator, unsigned places) {
  auto factor = [](int64_t value) {
    return llvm::APInt(256, static_cast<uint64_t>(value), /*isSigned=*/true);
  };
  return factor(digits) * factor(numerator) * factor(denominator) *
         factor(powerOfTen(places));
}

int Quantity::compare(const Quantity &other) const {
  assert(dimension() == other.dimension() && "values of different dimensions");
  llvm::APInt left = widened(number.digits, unit.numerator(),
                             other.unit.denominator(), other.number.scale);
  llvm::APInt right = widened(other.number.digits, other.unit.numerator(),
                              unit.denominator(), number.scale);
  if (left == right)
    return 0;
  return left.slt(right) ? -1 : 1;
}
