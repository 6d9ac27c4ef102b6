//===- Bound.cpp - Conditions on quantities -------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Quantity/Quantity.h"
#include "moe/Wording/Wording.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir::moe;
using llvm::StringRef;

namespace {
struct ComparisonSign {
  StringRef spelling;
  Comparison comparison;
};
} // namespace

// Two-letter signs first: "<" is a prefix of "<=".
static constexpr ComparisonSign comparisonSigns[] = {
    {"<=", Comparison::LessEqual}, {">=", Comparison::GreaterEqual},
    {"<", Comparison::Less},       {">", Comparison::Greater},
    {"=", Comparison::Equal},
};

static std::optional<Bound> parseRange(StringRef text, StringRef lowerText,
                                       StringRef upperText,
                                       std::string &error) {
  std::optional<Quantity> lower = Quantity::parse(lowerText, error);
  if (!lower)
    return std::nullopt;
  std::optional<Quantity> upper = Quantity::parse(upperText, error);
  if (!upper)
    return std::nullopt;
  if (lower->dimension() != upper->dimension()) {
    error = "the range " + quotedValue(text) + " runs from " +
            describe(lower->dimension()).str() + " to " +
            describe(upper->dimension()).str() +
            ", write both ends with the same kind of unit";
    return std::nullopt;
  }
  if (lower->compare(*upper) > 0) {
    error = "the range " + quotedValue(text) +
            " is empty, its first end is above its second";
    return std::nullopt;
  }
  return Bound{Comparison::Range, *lower, upper};
}

std::optional<Bound> Bound::parse(StringRef text, std::string &error) {
  text = text.trim(" \t");
  if (text.contains("..")) {
    auto [lower, upper] = text.split("..");
    return parseRange(text, lower, upper, error);
  }
  for (const ComparisonSign &sign : comparisonSigns) {
    if (!text.starts_with(sign.spelling))
      continue;
    std::optional<Quantity> limit =
        Quantity::parse(text.drop_front(sign.spelling.size()), error);
    if (!limit)
      return std::nullopt;
    return Bound{sign.comparison, *limit, std::nullopt};
  }
  error =
      "expected a condition such as \"<= 1.05\" or \"60 % .. 95 %\", found " +
      quotedValue(text);
  return std::nullopt;
}

std::string Bound::str() const {
  if (upper)
    return limit.str() + " .. " + upper->str();
  for (const ComparisonSign &sign : comparisonSigns)
    if (sign.comparison == comparison)
      return sign.spelling.str() + " " + limit.str();
  llvm_unreachable("every comparison has a sign");
}

bool Bound::admits(const Quantity &value) const {
  int order = value.compare(limit);
  switch (comparison) {
  case Comparison::LessEqual:
    return order <= 0;
  case Comparison::Less:
    return order < 0;
  case Comparison::GreaterEqual:
    return order >= 0;
  case Comparison::Greater:
    return order > 0;
  case Comparison::Equal:
    return order == 0;
  case Comparison::Range:
    return order >= 0 && upper && value.compare(*upper) <= 0;
  }
  llvm_unreachable("unknown comparison");
}
