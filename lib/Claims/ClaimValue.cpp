//===- ClaimValue.cpp - Intervals with units ------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Claims/ClaimValue.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <vector>

using namespace mlir::moe;

Measure Measure::of(Dimension dimension) {
  switch (dimension) {
  case Dimension::Count:
  case Dimension::Ratio:
    return {};
  case Dimension::Bytes:
    return {{1}};
  case Dimension::BytesPerGpu:
    return {{1, 0, 0, 0, 0, 0, -1}};
  case Dimension::BytesPerSecond:
    return {{1, 0, -1}};
  case Dimension::Flop:
    return {{0, 1}};
  case Dimension::FlopPerToken:
    return {{0, 1, 0, -1}};
  case Dimension::FlopPerSecond:
    return {{0, 1, -1}};
  case Dimension::FlopPerSecondPerGpu:
    return {{0, 1, -1, 0, 0, 0, -1}};
  case Dimension::Seconds:
    return {{0, 0, 1}};
  case Dimension::Tokens:
    return {{0, 0, 0, 1}};
  case Dimension::TokensPerSecond:
    return {{0, 0, -1, 1}};
  case Dimension::TokensPerSecondPerGpu:
    return {{0, 0, -1, 1, 0, 0, -1}};
  case Dimension::SamplesPerSecond:
    return {{0, 0, -1, 0, 1}};
  case Dimension::SequencesPerSecond:
    return {{0, 0, -1, 0, 0, 1}};
  }
  llvm_unreachable("unknown dimension");
}

Measure Measure::times(const Measure &other) const {
  Measure result = *this;
  for (size_t i = 0; i < powers.size(); ++i)
    result.powers[i] += other.powers[i];
  return result;
}

Measure Measure::per(const Measure &other) const {
  Measure result = *this;
  for (size_t i = 0; i < powers.size(); ++i)
    result.powers[i] -= other.powers[i];
  return result;
}

std::string Measure::describe() const {
  for (llvm::StringRef spelling : Unit::spellings()) {
    Dimension dimension = Unit::lookup(spelling)->dimension();
    if (of(dimension) == *this)
      return mlir::moe::describe(dimension).str();
  }
  return "a product of units";
}

std::optional<ClaimValue> ClaimValue::of(const Quantity &quantity,
                                         bool rounded) {
  auto [below, above] =
      rounded ? quantity.interval() : std::make_pair(quantity, quantity);
  std::optional<Rational> low = Rational::of(below),
                          nominal = Rational::of(quantity),
                          high = Rational::of(above);
  if (!low || !nominal || !high)
    return std::nullopt;
  return ClaimValue{*low, *nominal, *high, Measure::of(quantity.dimension())};
}

ClaimValue mlir::moe::negate(const ClaimValue &a) {
  return {a.high.negated(), a.nominal.negated(), a.low.negated(), a.measure};
}

std::optional<ClaimValue> mlir::moe::add(const ClaimValue &a,
                                         const ClaimValue &b) {
  std::optional<Rational> low = add(a.low, b.low),
                          nominal = add(a.nominal, b.nominal),
                          high = add(a.high, b.high);
  if (!low || !nominal || !high)
    return std::nullopt;
  return ClaimValue{*low, *nominal, *high, a.measure};
}

std::optional<ClaimValue> mlir::moe::subtract(const ClaimValue &a,
                                              const ClaimValue &b) {
  return add(a, negate(b));
}

std::optional<ClaimValue> mlir::moe::multiply(const ClaimValue &a,
                                              const ClaimValue &b) {
  std::optional<Rational> nominal = multiply(a.nominal, b.nominal);
  std::optional<Rational> corners[] = {
      multiply(a.low, b.low), multiply(a.low, b.high), multiply(a.high, b.low),
      multiply(a.high, b.high)};
  if (!nominal)
    return std::nullopt;
  for (const std::optional<Rational> &corner : corners)
    if (!corner)
      return std::nullopt;
  auto [low, high] =
      std::minmax_element(std::begin(corners), std::end(corners),
                          [](const auto &x, const auto &y) { return *x < *y; });
  return ClaimValue{**low, *nominal, **high, a.measure.times(b.measure)};
}

std::optional<ClaimValue> mlir::moe::divide(const ClaimValue &a,
                                            const ClaimValue &b) {
  // b does not contain zero, so that its ends have one sign.
  std::optional<Rational> low = divide(1, b.high),
                          nominal = divide(1, b.nominal),
                          high = divide(1, b.low);
  if (!low || !nominal || !high)
    return std::nullopt;
  return multiply(a,
                  ClaimValue{*low, *nominal, *high, Measure().per(b.measure)});
}

//===----------------------------------------------------------------------===//
// Variance
//===----------------------------------------------------------------------===//

namespace {
/// Sums of rationals that become nothing once a term does not fit.
class Sum {
public:
  void push(std::optional<Rational> term) {
    total = total && term ? add(*total, *term) : std::nullopt;
  }
  std::optional<Rational> total = Rational(0);
};
} // namespace

static std::optional<Rational> square(std::optional<Rational> number) {
  return number ? multiply(*number, *number) : std::nullopt;
}

static std::optional<Rational> meanOf(llvm::ArrayRef<Rational> numbers) {
  Sum sum;
  for (const Rational &number : numbers)
    sum.push(number);
  return sum.total ? divide(*sum.total, static_cast<int64_t>(numbers.size()))
                   : std::nullopt;
}

/// Sum of the squared distances from the mean.
static std::optional<Rational> spread(llvm::ArrayRef<Rational> numbers) {
  std::optional<Rational> mean = meanOf(numbers);
  Sum sum;
  for (const Rational &number : numbers)
    sum.push(mean ? square(subtract(number, *mean)) : std::nullopt);
  return sum.total;
}

/// The largest spread: convex, hence at a corner of the box.
static std::optional<Rational>
largestSpread(llvm::ArrayRef<ClaimValue> values) {
  std::vector<size_t> uncertain;
  std::vector<Rational> corner;
  for (size_t i = 0; i < values.size(); ++i) {
    corner.push_back(values[i].low);
    if (!values[i].isExact())
      uncertain.push_back(i);
  }
  if (uncertain.size() > maxUncertain)
    return std::nullopt;
  Rational largest;
  for (unsigned mask = 0; mask < 1U << uncertain.size(); ++mask) {
    for (size_t bit = 0; bit < uncertain.size(); ++bit) {
      const ClaimValue &value = values[uncertain[bit]];
      corner[uncertain[bit]] = mask >> bit & 1 ? value.high : value.low;
    }
    std::optional<Rational> here = spread(corner);
    if (!here)
      return std::nullopt;
    largest = std::max(largest, *here);
  }
  return largest;
}

/// The smallest spread. Around a centre m each value is as near to m as its
/// interval lets it, so the spread is a convex piecewise quadratic of m; every
/// piece between neighbouring ends has its lowest point at the mean of the
/// values that m cannot reach, or at an end.
static std::optional<Rational>
smallestSpread(llvm::ArrayRef<ClaimValue> values) {
  std::vector<Rational> ends;
  for (const ClaimValue &value : values)
    ends.insert(ends.end(), {value.low, value.high});
  std::sort(ends.begin(), ends.end());
  std::optional<Rational> smallest;
  for (size_t i = 0; i + 1 < ends.size(); ++i) {
    std::vector<Rational> fixed;
    for (const ClaimValue &value : values)
      if (value.high.compare(ends[i]) <= 0)
        fixed.push_back(value.high);
      else if (value.low.compare(ends[i + 1]) >= 0)
        fixed.push_back(value.low);
    if (fixed.empty())
      return Rational(0);
    std::optional<Rational> mean = meanOf(fixed);
    if (!mean)
      return std::nullopt;
    Rational centre = std::clamp(*mean, ends[i], ends[i + 1]);
    Sum sum;
    for (const Rational &number : fixed)
      sum.push(square(subtract(number, centre)));
    if (!sum.total)
      return std::nullopt;
    smallest = smallest ? std::min(*smallest, *sum.total) : *sum.total;
  }
  return smallest;
}

std::optional<ClaimValue> mlir::moe::variance(llvm::ArrayRef<ClaimValue> values,
                                              bool sample) {
  std::vector<Rational> written;
  for (const ClaimValue &value : values)
    written.push_back(value.nominal);
  bool exact =
      llvm::all_of(values, [](const ClaimValue &v) { return v.isExact(); });
  std::optional<Rational> nominal = spread(written);
  std::optional<Rational> low = exact ? nominal : smallestSpread(values);
  std::optional<Rational> high = exact ? nominal : largestSpread(values);
  if (!nominal || !low || !high)
    return std::nullopt;
  const Measure &unit = values.front().measure;
  ClaimValue sum = {*low, *nominal, *high, unit.times(unit)};
  int64_t count = static_cast<int64_t>(values.size()) - (sample ? 1 : 0);
  return divide(sum, ClaimValue::exact(count));
}
