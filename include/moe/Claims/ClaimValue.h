//===- ClaimValue.h - Intervals with units ----------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an expression of a claim evaluates to: the value as written and the
// interval of all values that the stated digits stand for, with a unit.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CLAIMS_CLAIMVALUE_H
#define MOE_CLAIMS_CLAIMVALUE_H

#include "moe/Claims/Rational.h"
#include "llvm/ADT/ArrayRef.h"
#include <array>

namespace mlir::moe {

/// Powers of the base units: byte, FLOP, second, token, sample, sequence, GPU.
/// Percentages, factors and bare numbers have none.
struct Measure {
  std::array<int, 7> powers = {};

  static Measure of(Dimension dimension);
  bool isNone() const { return powers == std::array<int, 7>{}; }
  Measure times(const Measure &other) const;
  Measure per(const Measure &other) const;
  /// "a size", "a time", "a product of units".
  std::string describe() const;
  bool operator==(const Measure &other) const { return powers == other.powers; }
};

/// A value in SI units and what it may be within the precision stated.
struct ClaimValue {
  Rational low, nominal, high;
  Measure measure;

  static ClaimValue exact(const Rational &number, const Measure &measure = {}) {
    return {number, number, number, measure};
  }
  /// As written, or with half a unit of its last digit to either side.
  static std::optional<ClaimValue> of(const Quantity &quantity, bool rounded);
  bool isExact() const { return low == high; }
  bool mayBeZero() const { return low.compare(0) <= 0 && high.compare(0) >= 0; }
};

// Interval arithmetic; nothing when a bound does not fit 127 bits. Sums take
// operands of one measure, quotients a divisor that cannot be zero.
std::optional<ClaimValue> add(const ClaimValue &a, const ClaimValue &b);
std::optional<ClaimValue> subtract(const ClaimValue &a, const ClaimValue &b);
std::optional<ClaimValue> multiply(const ClaimValue &a, const ClaimValue &b);
std::optional<ClaimValue> divide(const ClaimValue &a, const ClaimValue &b);
ClaimValue negate(const ClaimValue &a);

/// Mean squared distance from the mean, over n or, of a sample, n - 1. The
/// interval is exact: no value inside is out of reach. At most
/// `maxUncertain` values may be inexact.
std::optional<ClaimValue> variance(llvm::ArrayRef<ClaimValue> values,
                                   bool sample);
constexpr unsigned maxUncertain = 8;

} // namespace mlir::moe

#endif // MOE_CLAIMS_CLAIMVALUE_H
