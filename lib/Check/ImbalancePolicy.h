//===- ImbalancePolicy.h - How uneven a plan may be ----------- -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_IMBALANCEPOLICY_H
#define MOE_LIB_CHECK_IMBALANCEPOLICY_H

#include "moe/Analysis/PlanStatements.h"
#include <string>

namespace mlir::moe {

/// Three decimals: "1.031".
std::string toDecimals(double value);
/// Whether a load or a count of the busiest rank over the mean breaks the
/// plan's policy `imbalance`, or the default.
bool breaksImbalancePolicy(const PlanStatements &statements, double value);
/// The largest load over the mean that does not: 1.05.
double largestImbalance(const PlanStatements &statements);
/// "<= 1.02", "<= 1.05 (default)".
std::string imbalanceLimit(const PlanStatements &statements);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_IMBALANCEPOLICY_H
