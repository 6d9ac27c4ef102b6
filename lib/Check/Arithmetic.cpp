//===- Arithmetic.cpp - Arithmetic that messages show ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;

bool Factors::known() const {
  return llvm::all_of(figures,
                      [](const Figure *figure) { return bool(*figure); });
}

std::optional<int64_t> Factors::value() const {
  int64_t result = 1;
  for (const Figure *figure : figures)
    if (!*figure || llvm::MulOverflow(result, **figure, result))
      return std::nullopt;
  return result;
}

std::string Factors::equation() const {
  std::string names, values;
  for (const Figure *figure : figures) {
    names += (names.empty() ? "" : " x ") + figure->name;
    values += (values.empty() ? "" : " x ") + llvm::itostr(**figure);
  }
  std::string text = names + " = " + values;
  std::optional<int64_t> product = value();
  if (product && figures.size() > 1)
    text += " = " + llvm::itostr(*product);
  return text;
}

std::string Factors::sources() const {
  std::string text;
  for (const Figure *figure : figures)
    text += (text.empty() ? "" : ", ") + figure->name + " = " +
            llvm::itostr(**figure) + " (" + figure->source + ")";
  return text;
}

std::string moe::ratio(int64_t numerator, int64_t denominator,
                       unsigned places) {
  if (numerator % denominator == 0)
    return llvm::itostr(numerator / denominator);
  std::string text;
  llvm::raw_string_ostream os(text);
  double value = static_cast<double>(numerator) / denominator;
  os << llvm::format("%.*f", static_cast<int>(places), value);
  // 1.50 ~> 1.5; 2.00, which is not exactly 2, stays as it is.
  StringRef trimmed = StringRef(text).rtrim('0');
  return trimmed.ends_with(".") ? text : trimmed.str();
}

std::string moe::quotient(int64_t numerator, int64_t denominator) {
  return llvm::itostr(numerator) + " / " + llvm::itostr(denominator) + " = " +
         ratio(numerator, denominator);
}

SmallVector<int64_t> moe::divisorsNear(int64_t number, int64_t target,
                                       unsigned limit) {
  SmallVector<int64_t> divisors;
  for (int64_t v = 1; v <= std::min<int64_t>(number, 8192); ++v)
    if (number % v == 0 && v != target)
      divisors.push_back(v);
  auto distance = [&](int64_t v) {
    return std::abs(std::log(static_cast<double>(v) / target));
  };
  llvm::stable_sort(divisors, [&](int64_t a, int64_t b) {
    return distance(a) < distance(b);
  });
  if (divisors.size() > limit)
    divisors.truncate(limit);
  return divisors;
}

std::optional<int64_t> moe::times(int64_t a, int64_t b) {
  int64_t result = 0;
  if (llvm::MulOverflow(a, b, result))
    return std::nullopt;
  return result;
}
