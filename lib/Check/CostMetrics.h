//===- CostMetrics.h - Metrics of the cost model ----------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory, FLOPs, communication and time of a plan as figures that claims can be
// compared with. Counts of parameters, FLOPs and states are exact; kept
// activations and sums with them carry the error of the memory model, times
// that of the time model.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_COSTMETRICS_H
#define MOE_LIB_CHECK_COSTMETRICS_H

#include "PlanCost.h"
#include "moe/Analysis/PlanModel.h"
#include "moe/Claims/Claims.h"

namespace mlir::moe {

/// The figure of that name; nothing when it is none of the cost model.
std::optional<MetricAnswer>
costMetric(const PlanModel &plan, const PlanCost &cost, llvm::StringRef name);

// The parts of it.
std::optional<MetricAnswer>
memoryMetric(const PlanModel &plan, const PlanCost &cost, llvm::StringRef name);
std::optional<MetricAnswer>
timeMetric(const PlanModel &plan, const PlanCost &cost, llvm::StringRef name);
/// The unevenness of recorded loads, of experts and of the ranks that hold
/// them, over all recorded layers; nothing for other names.
std::optional<MetricAnswer>
loadMetric(const PlanModel &plan, const PlanCost &cost, llvm::StringRef name);

/// A real number as a fraction: 12 decimals, of large ones 3.
std::optional<Rational> rationalOf(double value);
/// The nearest real number, to 15 decimals.
double asReal(const Rational &number);
/// `value` between these multiples of it.
std::optional<ClaimValue> between(double low, double value, double high,
                                  const Measure &measure);
/// `value` x (1 -+ `error`).
std::optional<ClaimValue> withError(double value, double error,
                                    const Measure &measure);
/// An answer for a count that does not fit 63 bits.
MetricAnswer withoutCount();
/// An answer that names what keeps an estimate from being made.
MetricAnswer withoutEstimate(const PlanCost &cost, bool memoryAlone);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_COSTMETRICS_H
