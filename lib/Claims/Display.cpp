//===- Display.cpp - How messages show computed values --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Display.h"
#include <algorithm>

using namespace mlir::moe;
using llvm::StringRef;

Unit mlir::moe::displayUnit(const ClaimTree &tree, unsigned stated,
                            const ClaimValue &value) {
  auto fits = [&](Unit unit) {
    return Measure::of(unit.dimension()) == value.measure;
  };
  std::optional<Quantity> number = tree.plainNumber(stated);
  if (number && fits(number->unit))
    return number->unit;
  if (value.measure.isNone())
    return Unit();
  for (const Node &node : tree.nodes)
    if (node.kind == NodeKind::Number && fits(node.number.unit))
      return node.number.unit;
  return naturalUnit(value);
}

Unit mlir::moe::naturalUnit(const ClaimValue &value) {
  if (value.measure.isNone())
    return Unit();
  std::optional<Unit> best;
  std::optional<Rational> bestSize;
  for (StringRef spelling : Unit::spellings()) {
    Unit unit = *Unit::lookup(spelling);
    std::optional<Rational> size =
        Rational::of(unit.numerator(), unit.denominator());
    // Powers of 1024 and bits are for those who wrote them.
    if (!(Measure::of(unit.dimension()) == value.measure) || !size ||
        spelling.contains('i') || spelling.contains('b'))
      continue;
    if (best && (value.nominal < *size || !(*bestSize < *size)))
      continue;
    best = unit;
    bestSize = size;
  }
  return best.value_or(Unit());
}

/// `number` counted in units; as it is when that does not fit.
static Rational inUnits(const Rational &number, Unit unit) {
  std::optional<Rational> size =
      Rational::of(unit.numerator(), unit.denominator());
  std::optional<Rational> result = size ? divide(number, *size) : std::nullopt;
  return result.value_or(number);
}

static std::string withUnit(std::string text, Unit unit) {
  return unit.spelling().empty() ? text : text + " " + unit.spelling().str();
}

/// Places after the point that show four significant digits.
static unsigned significantPlaces(const Rational &number) {
  constexpr unsigned shown = 4, most = 12;
  Rational size = number.isNegative() ? number.negated() : number;
  // Nothing is left out of whole numbers.
  unsigned places = 0;
  for (int64_t limit = 1000; places < shown - 1; ++places, limit /= 10)
    if (!(size < Rational(limit)))
      break;
  // 0.00123: each zero behind the point is one more place.
  std::optional<Rational> tenth = Rational::of(1, 1);
  while (places < most && !size.isZero() && tenth && size < *tenth) {
    ++places;
    tenth = divide(*tenth, 10);
  }
  return places;
}

std::string mlir::moe::display(const Rational &number, Unit unit,
                               const std::optional<Quantity> &stated) {
  constexpr unsigned most = 20;
  Rational value = inUnits(number, unit);
  unsigned places = significantPlaces(value);
  std::string text = value.str(places);
  if (!stated)
    return withUnit(text, unit);
  places = std::max(places, stated->number.scale);
  std::optional<Rational> written = Rational::of(*stated);
  Rational writtenValue = inUnits(*written, stated->unit);
  if (!(unit == stated->unit) || value == writtenValue)
    return withUnit(value.str(places), unit);
  while (places < most && value.str(places) == writtenValue.str(places))
    ++places;
  return withUnit(value.str(places), unit);
}

std::string mlir::moe::displayed(const ClaimValue &value) {
  return display(value.nominal, naturalUnit(value), std::nullopt);
}

std::string mlir::moe::displayRounded(const Rational &number,
                                      const Quantity &stated) {
  return withUnit(inUnits(number, stated.unit).str(stated.number.scale),
                  stated.unit);
}
