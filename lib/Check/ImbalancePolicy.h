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

/// How many times the mean the largest of several loads, counts or sizes may
/// be: as the plan says, or by default.
class ImbalancePolicy {
public:
  /// Of what ranks have to do: `imbalance`, <= 1.05 by default.
  static ImbalancePolicy ofLoad(const PlanStatements &statements);
  /// Of what stages need: `memory_imbalance`, <= 1.5 by default.
  static ImbalancePolicy ofMemory(const PlanStatements &statements);

  bool breaks(double value) const;
  /// Three decimals, or as many more as show that the value breaks the policy.
  std::string show(double value) const;
  /// The largest value that does not: 1.05.
  double largest() const;
  /// "<= 1.02", "<= 1.05 (default)".
  std::string limit() const;
  /// Where the plan states it, if it does.
  const StatedBound *stated() const { return statement; }

private:
  ImbalancePolicy(const StatedBound *statement, llvm::StringRef standard);

  const StatedBound *statement;
  Bound bound;
};

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_IMBALANCEPOLICY_H
