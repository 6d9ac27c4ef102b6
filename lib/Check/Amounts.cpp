//===- Amounts.cpp - Bytes, FLOP and seconds for readers ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Amounts.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;
using llvm::StringRef;

static std::string printed(double value, int decimals) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::format("%.*f", decimals, value);
  if (decimals > 0)
    text.erase(text.find_last_not_of('0') + 1);
  if (!text.empty() && text.back() == '.')
    text.pop_back();
  return text;
}

/// Four significant digits; trailing zeros are left out.
static std::string fourDigits(double value) {
  double size = std::fabs(value);
  int digits = size >= 1 ? static_cast<int>(std::log10(size)) + 1 : 1;
  return printed(value, std::max(0, 4 - digits));
}

std::string moe::amount(double value, StringRef unit) {
  static constexpr StringRef prefixes[] = {"p", "n", "u", "m", "", "k",
                                           "M", "G", "T", "P", "E"};
  size_t prefix = 4;
  double size = std::fabs(value);
  // 999.96 would print as 1000.
  while (size >= 999.95 && prefix + 1 < std::size(prefixes)) {
    size /= 1000;
    ++prefix;
  }
  while (size > 0 && size < 0.99995 && prefix > 0) {
    size *= 1000;
    --prefix;
  }
  std::string sign = value < 0 ? "-" : "";
  return sign + fourDigits(size) + " " + prefixes[prefix].str() + unit.str();
}

std::string moe::bytes(cost::Count count) {
  return count ? amount(static_cast<double>(*count), "B") : "more than 2^63 B";
}

std::string moe::shortCount(cost::Count count) {
  if (!count)
    return "more than 2^63";
  return StringRef(amount(static_cast<double>(*count), "")).rtrim().str();
}

std::string moe::percent(double share) {
  double value = share * 100;
  int decimals = std::fabs(value) >= 10 ? 1 : 2;
  return printed(value, decimals) + " %";
}
