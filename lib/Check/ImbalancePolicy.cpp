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

/// With so many decimals; few enough for the noise of a division to vanish.
static std::string rounded(double value, int decimals) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.*f", decimals, value);
  return text;
}
static constexpr int kShown = 3, kCompared = 9;

std::string moe::toDecimals(double value) { return rounded(value, kShown); }

ImbalancePolicy::ImbalancePolicy(const StatedBound *statement,
                                 StringRef standard)
    : statement(statement) {
  std::string error;
  bound = statement ? statement->bound : *Bound::parse(standard, error);
}

ImbalancePolicy ImbalancePolicy::ofLoad(const PlanStatements &statements) {
  return {statements.policy("imbalance"), "<= 1.05"};
}

ImbalancePolicy ImbalancePolicy::ofMemory(const PlanStatements &statements) {
  return {statements.policy("memory_imbalance"), "<= 1.5"};
}

static bool excludes(const Bound &bound, const std::string &value) {
  std::string error;
  std::optional<Quantity> quantity = Quantity::parse(value, error);
  return quantity && bound.dimension() == quantity->dimension() &&
         !bound.admits(*quantity);
}

bool ImbalancePolicy::breaks(double value) const {
  return excludes(bound, rounded(value, kCompared));
}

std::string ImbalancePolicy::show(double value) const {
  int decimals = kShown;
  while (decimals < kCompared && breaks(value) &&
         !excludes(bound, rounded(value, decimals)))
    ++decimals;
  return rounded(value, decimals);
}

double ImbalancePolicy::largest() const {
  return bound.upper.value_or(bound.limit).toSI();
}

std::string ImbalancePolicy::limit() const {
  return bound.str() + (statement ? "" : " (default)");
}
