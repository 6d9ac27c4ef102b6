//===- Count.h - Whole numbers that may be unknown --------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_COST_COUNT_H
#define MOE_COST_COUNT_H

#include "llvm/Support/MathExtras.h"
#include <cstdint>
#include <optional>

namespace mlir::moe::cost {

/// A count of parameters, bytes, FLOP or picoseconds: exact, or unknown where
/// an operand is unknown or the result does not fit 63 bits. What is computed
/// from an unknown count is unknown, so no number is ever wrapped.
class Count {
public:
  constexpr Count() = default;
  constexpr Count(std::nullopt_t) : known(false) {}
  constexpr Count(int64_t value) : number(value) {}
  constexpr Count(std::optional<int64_t> value)
      : number(value.value_or(0)), known(value.has_value()) {}

  explicit operator bool() const { return known; }
  /// Of a known count.
  int64_t operator*() const { return number; }
  std::optional<int64_t> value() const {
    return known ? std::optional<int64_t>(number) : std::nullopt;
  }
  int64_t valueOr(int64_t other) const { return known ? number : other; }

  friend Count operator+(Count a, Count b) {
    int64_t result;
    if (!a.known || !b.known || llvm::AddOverflow(a.number, b.number, result))
      return std::nullopt;
    return result;
  }
  friend Count operator-(Count a, Count b) {
    int64_t result;
    if (!a.known || !b.known || llvm::SubOverflow(a.number, b.number, result))
      return std::nullopt;
    return result;
  }
  friend Count operator*(Count a, Count b) {
    int64_t result;
    if (!a.known || !b.known || llvm::MulOverflow(a.number, b.number, result))
      return std::nullopt;
    return result;
  }
  /// Rounded up: the share of the rank that holds most. Unknown by zero.
  friend Count operator/(Count a, Count b) {
    if (!a.known || !b.known || b.number == 0)
      return std::nullopt;
    return a.number / b.number + (a.number % b.number > 0);
  }
  Count &operator+=(Count other) { return *this = *this + other; }
  friend Count max(Count a, Count b) {
    if (!a.known || !b.known)
      return std::nullopt;
    return a.number < b.number ? b : a;
  }
  friend Count min(Count a, Count b) {
    if (!a.known || !b.known)
      return std::nullopt;
    return a.number < b.number ? a : b;
  }
  friend bool operator==(Count a, Count b) {
    return a.known == b.known && (!a.known || a.number == b.number);
  }
  friend bool operator!=(Count a, Count b) { return !(a == b); }

private:
  int64_t number = 0;
  bool known = true;
};

} // namespace mlir::moe::cost

#endif // MOE_COST_COUNT_H
