//===- Rational.cpp - Exact fractions of 128 bits -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Claims/Rational.h"
#include "llvm/ADT/APInt.h"
#include "llvm/ADT/SmallString.h"
#include <algorithm>

using namespace mlir::moe;

static constexpr Int128 smallest = Int128(1) << 127;

static Int128 greatestDivisor(Int128 a, Int128 b) {
  while (b != 0) {
    Int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a < 0 ? -a : a;
}

std::optional<Rational> Rational::of(Int128 numerator, Int128 denominator) {
  // The smallest number has no counterpart of the other sign.
  if (denominator == 0 || numerator == smallest || denominator == smallest)
    return std::nullopt;
  Int128 divisor = greatestDivisor(numerator, denominator);
  if (denominator < 0)
    divisor = -divisor;
  Rational result;
  result.numerator = numerator / divisor;
  result.denominator = denominator / divisor;
  return result;
}

std::optional<Rational> Rational::of(const Quantity &quantity) {
  // 10^18 x 10^18 at most: both products fit.
  Int128 power = 1;
  for (unsigned i = 0; i < quantity.number.scale; ++i)
    power *= 10;
  return of(Int128(quantity.number.digits) * quantity.unit.numerator(),
            power * quantity.unit.denominator());
}

Rational Rational::negated() const {
  Rational result = *this;
  result.numerator = -numerator;
  return result;
}

/// `value` with room for a product of two of its kind.
static llvm::APInt widened(Int128 value) {
  uint64_t words[] = {static_cast<uint64_t>(value),
                      static_cast<uint64_t>(value >> 64)};
  return llvm::APInt(128, words).sext(256);
}

int Rational::compare(const Rational &other) const {
  llvm::APInt left = widened(numerator) * widened(other.denominator);
  llvm::APInt right = widened(other.numerator) * widened(denominator);
  if (left == right)
    return 0;
  return left.slt(right) ? -1 : 1;
}

std::string Rational::str(unsigned places) const {
  places = std::min(places, 30U);
  llvm::APInt power(256, 1);
  for (unsigned i = 0; i < places; ++i)
    power *= 10;
  llvm::APInt dividend =
      widened(numerator < 0 ? -numerator : numerator) * power;
  llvm::APInt divisor = widened(denominator);
  bool exact = dividend.urem(divisor).isZero();
  llvm::APInt digits = (dividend + divisor.lshr(1)).udiv(divisor);
  llvm::SmallString<64> text;
  digits.toStringUnsigned(text);
  if (text.size() <= places)
    text.insert(text.begin(), places + 1 - text.size(), '0');
  if (places > 0)
    text.insert(text.end() - places, '.');
  llvm::StringRef shown = text;
  if (exact && places > 0)
    shown = shown.rtrim('0').rtrim('.');
  return (numerator < 0 && !digits.isZero() ? "-" : "") + shown.str();
}

std::optional<Rational> mlir::moe::add(const Rational &a, const Rational &b) {
  Int128 common = greatestDivisor(a.denominator, b.denominator);
  Int128 left = 0, right = 0, sum = 0, denominator = 0;
  if (__builtin_mul_overflow(a.numerator, b.denominator / common, &left) ||
      __builtin_mul_overflow(b.numerator, a.denominator / common, &right) ||
      __builtin_add_overflow(left, right, &sum) ||
      __builtin_mul_overflow(a.denominator, b.denominator / common,
                             &denominator))
    return std::nullopt;
  return Rational::of(sum, denominator);
}

std::optional<Rational> mlir::moe::subtract(const Rational &a,
                                            const Rational &b) {
  return add(a, b.negated());
}

std::optional<Rational> mlir::moe::multiply(const Rational &a,
                                            const Rational &b) {
  // Crosswise reduction first: the product is in lowest terms.
  Int128 first =
      std::max(greatestDivisor(a.numerator, b.denominator), Int128(1));
  Int128 second =
      std::max(greatestDivisor(b.numerator, a.denominator), Int128(1));
  Int128 numerator = 0, denominator = 0;
  if (__builtin_mul_overflow(a.numerator / first, b.numerator / second,
                             &numerator) ||
      __builtin_mul_overflow(a.denominator / second, b.denominator / first,
                             &denominator))
    return std::nullopt;
  return Rational::of(numerator, denominator);
}

std::optional<Rational> mlir::moe::divide(const Rational &a,
                                          const Rational &b) {
  std::optional<Rational> inverse = Rational::of(b.denominator, b.numerator);
  if (!inverse)
    return std::nullopt;
  return multiply(a, *inverse);
}
