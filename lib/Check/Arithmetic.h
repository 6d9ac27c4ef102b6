//===- Arithmetic.h - Arithmetic that messages show -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Products of figures with their names, ratios, divisors: what the rules
// compute in front of the reader.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_ARITHMETIC_H
#define MOE_LIB_CHECK_ARITHMETIC_H

#include "moe/Analysis/PlanModel.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>
#include <string>

namespace mlir::moe {

/// A product of figures, all of which have a value.
class Factors {
public:
  Factors(std::initializer_list<const Figure *> figures) : figures(figures) {}
  void push(const Figure &figure) { figures.push_back(&figure); }
  bool known() const;
  /// The product; nothing when it does not fit 63 bits.
  std::optional<int64_t> value() const;
  /// "tp x cp x pp = 2 x 1 x 8 = 16"; without the last part when the product
  /// does not fit.
  std::string equation() const;
  /// "tp = 2 (stated), cp = 1 (default: 1), pp = 8 (stated)".
  std::string sources() const;
  llvm::ArrayRef<const Figure *> all() const { return figures; }

private:
  llvm::SmallVector<const Figure *, 6> figures;
};

/// A quotient with as many of `places` decimals as it needs: `256`, `1.5`,
/// `1.031`.
std::string ratio(int64_t numerator, int64_t denominator, unsigned places = 2);

/// `64 / 3 = 21.33`.
std::string quotient(int64_t numerator, int64_t denominator);

/// Divisors of `number` up to 8192, those nearest to `target` in ratio first;
/// at most `limit` of them and never `target` itself.
llvm::SmallVector<int64_t> divisorsNear(int64_t number, int64_t target,
                                        unsigned limit);

/// a / b rounded up, for a >= 0, b > 0; no overflow.
inline int64_t ceilDiv(int64_t a, int64_t b) { return a / b + (a % b != 0); }

/// a x b; nothing when it does not fit 63 bits.
std::optional<int64_t> times(int64_t a, int64_t b);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_ARITHMETIC_H
