//===- Rational.h - Exact fractions of 128 bits -----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Numbers of claims are decimals, and their quotients stay fractions: no claim
// is judged by a rounded value. What does not fit 127 bits is no value at all.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CLAIMS_RATIONAL_H
#define MOE_CLAIMS_RATIONAL_H

#include "moe/Quantity/Quantity.h"
#include <optional>
#include <string>

namespace mlir::moe {

__extension__ using Int128 = __int128;

/// A fraction in lowest terms with a positive denominator.
class Rational {
public:
  Rational(int64_t whole = 0) : numerator(whole) {}
  /// The value in SI units, percent as a fraction: `42.3 GB ~> 42300000000`.
  static std::optional<Rational> of(const Quantity &quantity);
  /// Nothing when the denominator is 0 or a part does not fit.
  static std::optional<Rational> of(Int128 numerator, Int128 denominator);

  bool isZero() const { return numerator == 0; }
  bool isNegative() const { return numerator < 0; }
  /// Negative, zero or positive as this value is below, at or above `other`.
  int compare(const Rational &other) const;
  bool operator<(const Rational &other) const { return compare(other) < 0; }
  bool operator==(const Rational &other) const {
    return numerator == other.numerator && denominator == other.denominator;
  }
  Rational negated() const;
  /// With at most `places` (up to 30) decimals, rounded half away from zero:
  /// `2/3, 2 ~> 0.67`. Trailing zeros are left out when the value is exact.
  std::string str(unsigned places) const;

  // Exact, or nothing when the result does not fit.
  friend std::optional<Rational> add(const Rational &a, const Rational &b);
  friend std::optional<Rational> subtract(const Rational &a, const Rational &b);
  friend std::optional<Rational> multiply(const Rational &a, const Rational &b);
  friend std::optional<Rational> divide(const Rational &a, const Rational &b);

private:
  Int128 numerator = 0;
  Int128 denominator = 1;
};

std::optional<Rational> add(const Rational &a, const Rational &b);
std::optional<Rational> subtract(const Rational &a, const Rational &b);
std::optional<Rational> multiply(const Rational &a, const Rational &b);
/// Nothing for a zero divisor, too.
std::optional<Rational> divide(const Rational &a, const Rational &b);

} // namespace mlir::moe

#endif // MOE_CLAIMS_RATIONAL_H
