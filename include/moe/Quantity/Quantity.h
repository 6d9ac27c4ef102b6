//===- Quantity.h - Exact decimals with units -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Numbers as a plan writes them: "42.3 GB", "400 Gb/s", "60 % .. 95 %". The
// digits are kept as written, because the last stated digit is the tolerance of
// a claim; units belong to the value and only equal dimensions compare.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_QUANTITY_QUANTITY_H
#define MOE_QUANTITY_QUANTITY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace mlir::moe {

/// `digits` x 10^-`scale`; trailing zeros count: 1.50 is {150, 2}.
struct Decimal {
  int64_t digits = 0;
  unsigned scale = 0;

  /// Most digits that a number may have; leaves room for the one more that
  /// `Quantity::interval` needs.
  static constexpr unsigned maxDigits = 17;

  /// Reads `-12.50`. On failure returns nothing and sets `error`.
  static std::optional<Decimal> parse(llvm::StringRef text, std::string &error);
  /// The number as it was written: `{150, 2} ~> 1.50`.
  std::string str() const;
  /// Same digits and same places; 1.5 and 1.50 are not equal.
  bool operator==(const Decimal &other) const {
    return digits == other.digits && scale == other.scale;
  }
};

/// What a unit measures. Values compare within one dimension only.
enum class Dimension : uint8_t {
  Count,
  Ratio,
  Bytes,
  BytesPerGpu,
  BytesPerSecond,
  Flop,
  FlopPerToken,
  FlopPerSecond,
  FlopPerSecondPerGpu,
  Seconds,
  Tokens,
  TokensPerSecond,
  TokensPerSecondPerGpu,
  SamplesPerSecond,
  SequencesPerSecond,
};

/// What a message calls the dimension: `Bytes ~> a size`.
llvm::StringRef describe(Dimension dimension);
/// A value of the dimension as a plan writes it: `Bytes ~> 80 GB`.
llvm::StringRef exampleOf(Dimension dimension);

/// One row of the closed table of units. Every accepted spelling is a unit of
/// its own ("TFLOPS", "TFLOP/s"), so that quantities print as written.
class Unit {
public:
  /// The unit of a bare number: a count.
  Unit() = default;
  /// Finds a spelling; case matters.
  static std::optional<Unit> lookup(llvm::StringRef spelling);
  /// All spellings, in the order of the table; the first is "", the bare
  /// number.
  static llvm::ArrayRef<llvm::StringRef> spellings();

  llvm::StringRef spelling() const;
  Dimension dimension() const;
  /// One unit is `numerator() / denominator()` of the SI unit (byte, second,
  /// FLOP, ...): `Gb/s ~> 10^9 / 8`, `ms ~> 1 / 1000`, `% ~> 1 / 100`.
  int64_t numerator() const;
  int64_t denominator() const;
  bool operator==(Unit other) const { return row == other.row; }

private:
  explicit Unit(uint8_t row) : row(row) {}
  uint8_t row = 0;
};

/// A number and its unit.
struct Quantity {
  Decimal number;
  Unit unit;

  /// Reads `80 GB`, `66.1%`, `1.05`. On failure returns nothing and sets
  /// `error` to what was found and what was expected.
  static std::optional<Quantity> parse(llvm::StringRef text,
                                       std::string &error);

  Dimension dimension() const { return unit.dimension(); }
  /// As written, with one blank before the unit: `80GB ~> 80 GB`.
  std::string str() const;
  /// The value in SI units when it is whole and fits: `42.3 GB ~> 42300000000`,
  /// `2 ms ~> nothing`.
  std::optional<int64_t> wholeSI() const;
  /// The value in SI units; percent as a fraction (`66.1 % ~> 0.661`).
  double toSI() const;
  /// The values that round to this one, half a unit of the last digit to
  /// either side: `42.3 GB ~> 42.25 GB, 42.35 GB`.
  std::pair<Quantity, Quantity> interval() const;
  /// Exact: negative, zero or positive as this value is below, at or above
  /// `other`. Both have the same dimension.
  int compare(const Quantity &other) const;
  /// Written the same way; `1 GB` and `1000 MB` are not equal but compare as 0.
  bool operator==(const Quantity &other) const {
    return number == other.number && unit == other.unit;
  }
};

/// For llvm::hash_combine, which finds it by this name.
// NOLINTNEXTLINE(readability-identifier-naming)
inline llvm::hash_code hash_value(const Quantity &quantity) {
  return llvm::hash_combine(quantity.number.digits, quantity.number.scale,
                            quantity.unit.spelling());
}

enum class Comparison : uint8_t {
  LessEqual,
  Less,
  GreaterEqual,
  Greater,
  Equal,
  Range
};

/// A condition on a quantity: `<= 1.05`, `< 5 %`, `60 % .. 95 %`.
struct Bound {
  Comparison comparison = Comparison::LessEqual;
  /// The limit; of a range the lower end, which is included.
  Quantity limit;
  /// Upper end of a range, included; nothing for the other comparisons.
  std::optional<Quantity> upper;

  /// On failure returns nothing and sets `error`.
  static std::optional<Bound> parse(llvm::StringRef text, std::string &error);

  Dimension dimension() const { return limit.dimension(); }
  /// As written, with single blanks.
  std::string str() const;
  /// Whether `value`, of the same dimension, meets the condition. Exact.
  bool admits(const Quantity &value) const;
  bool operator==(const Bound &other) const {
    return comparison == other.comparison && limit == other.limit &&
           upper == other.upper;
  }
};

} // namespace mlir::moe

#endif // MOE_QUANTITY_QUANTITY_H
