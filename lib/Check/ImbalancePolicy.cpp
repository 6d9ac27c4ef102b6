//===- ImbalancePolicy.cpp - How uneven a plan may be ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ImbalancePolicy.h"

#include "llvm/Support/Format.h"

using namespace mlir;
using namespace mlir::moe;

std::string moe::toDecimals(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.3f", value);
  return text;
}

/// The imbalance a plan tolerates without saying so.
static constexpr double kDefaultImbalance = 1.05;

bool moe::breaksImbalancePolicy(const PlanStatements &statements,
                                double value) {
  const StatedBound *policy = statements.policy("imbalance");
  if (!policy)
    return value > kDefaultImbalance;
  std::string error;
  std::optional<Quantity> quantity = Quantity::parse(toDecimals(value), error);
  return quantity && policy->bound.dimension() == quantity->dimension() &&
         !policy->bound.admits(*quantity);
}

double moe::largestImbalance(const PlanStatements &statements) {
  const StatedBound *policy = statements.policy("imbalance");
  if (!policy)
    return kDefaultImbalance;
  return policy->bound.upper.value_or(policy->bound.limit).toSI();
}

std::string moe::imbalanceLimit(const PlanStatements &statements) {
  const StatedBound *policy = statements.policy("imbalance");
  return policy ? policy->bound.str() : "<= 1.05 (default)";
}
