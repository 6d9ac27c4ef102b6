//===- HumanUnits.h - Figures as people read them ---------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_DRIVER_HUMANUNITS_H
#define MOE_LIB_DRIVER_HUMANUNITS_H

#include <string>

namespace mlir::moe {

// Three significant digits and the largest decimal unit that keeps at least one
// of them before the point; 0 has the smallest unit.

/// `42.3 GB`.
std::string showBytes(double bytes);
/// `12.4 ms`; from an hour on in hours, from a day on in days.
std::string showSeconds(double seconds);
/// `671 B` for a number of things, `75.2 T` for FLOPs: thousand is `k`, then
/// M, then `billion`.
std::string showCount(double number, const char *billion = "B");
/// At least three significant digits and no unit: `1412`, `36.8`.
std::string showNumber(double number);
/// `28.1 %` of a fraction; one digit behind the point.
std::string showShare(double fraction);
/// A number in a fixed unit, for columns: `(42.345e9, 1e9) ~> 42.35`.
std::string showIn(double number, double unit);

} // namespace mlir::moe

#endif // MOE_LIB_DRIVER_HUMANUNITS_H
