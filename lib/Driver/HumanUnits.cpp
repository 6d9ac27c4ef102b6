//===- HumanUnits.cpp - Figures as people read them -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HumanUnits.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace mlir::moe;

namespace {
struct DecimalUnit {
  double size;
  const char *name;
};
} // namespace

static std::string fixed(double number, int places) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.*f", places, number);
  return text;
}

/// Places behind the point that make three significant digits.
static int decimalsOf(double number) {
  double size = std::fabs(number);
  return size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
}

/// `units` are ascending.
static std::string show(double number, llvm::ArrayRef<DecimalUnit> units) {
  const DecimalUnit *best = units.begin();
  for (const DecimalUnit &unit : units)
    // 999.6 rounds to four digits and is shown as 1.00 of the next unit.
    if (std::fabs(number) >= 0.9995 * unit.size)
      best = &unit;
  double value = number / best->size;
  int places = decimalsOf(value);
  // The smallest unit is not divided further where it counts whole things.
  if (best->size == 1 && value == std::floor(value))
    places = 0;
  std::string text = fixed(value, places);
  return *best->name ? text + " " + best->name : text;
}

std::string mlir::moe::showBytes(double bytes) {
  static constexpr DecimalUnit units[] = {
      {1, "B"},     {1e3, "kB"},  {1e6, "MB"}, {1e9, "GB"},
      {1e12, "TB"}, {1e15, "PB"}, {1e18, "EB"}};
  return show(bytes, units);
}

std::string mlir::moe::showSeconds(double seconds) {
  if (seconds == 0)
    return "0 s";
  static constexpr DecimalUnit units[] = {{1e-9, "ns"}, {1e-6, "us"},
                                          {1e-3, "ms"}, {1, "s"},
                                          {3600, "h"},  {86400, "d"}};
  return show(seconds, units);
}

std::string mlir::moe::showCount(double number, const char *billion) {
  const DecimalUnit units[] = {{1, ""},        {1e3, "k"},  {1e6, "M"},
                               {1e9, billion}, {1e12, "T"}, {1e15, "P"},
                               {1e18, "E"}};
  return show(number, units);
}

std::string mlir::moe::showNumber(double number) {
  return fixed(number, decimalsOf(number));
}

std::string mlir::moe::showShare(double fraction) {
  return fixed(100 * fraction, 1) + " %";
}

std::string mlir::moe::showIn(double number, double unit) {
  return fixed(number / unit, 2);
}
