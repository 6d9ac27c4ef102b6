//===- ClaimedFigures.h - Values that claims give to metrics ----*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A claim such as `latency = 0.008 s` gives a metric a value. Nobody has
// verified it, but two such values can contradict each other, the structure of
// the plan or what its baseline claims.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_CLAIMEDFIGURES_H
#define MOE_LIB_CHECK_CLAIMEDFIGURES_H

#include "moe/Analysis/PlanStatements.h"
#include "moe/Claims/Claims.h"
#include <string>
#include <vector>

namespace mlir::moe {

/// `METRIC = NUMBER`, an inequality or a range.
struct ClaimedFigure {
  std::string metric;
  Comparison comparison = Comparison::Equal;
  Quantity number; ///< of a range the lower end
  /// The number within its precision, a limit exactly; of a range from its
  /// lower end, of which `value.nominal` is the number, to its upper one.
  ClaimValue value;
  std::string text; ///< "0.008 s", "15 GB .. 20 GB", "< 2 ms"
  const StatedClaim *claim = nullptr;

  bool isEquation() const { return comparison == Comparison::Equal; }
  bool isUpperLimit() const {
    return comparison == Comparison::Less ||
           comparison == Comparison::LessEqual;
  }
  bool isLowerLimit() const {
    return comparison == Comparison::Greater ||
           comparison == Comparison::GreaterEqual;
  }
  /// "0.008 s (claim 's1-11a')".
  std::string str() const;
  /// "mfu = 40 %", "mfu > 40 %".
  std::string relation() const;
};

/// The figures that a list of claims, which must outlive it, gives.
class ClaimedFigures {
public:
  explicit ClaimedFigures(llvm::ArrayRef<StatedClaim> claims);
  /// The first claim for the metric, or null.
  const ClaimedFigure *find(llvm::StringRef metric) const;
  llvm::ArrayRef<ClaimedFigure> all() const { return figures; }

private:
  std::vector<ClaimedFigure> figures;
};

/// Reads one claim; nothing when it gives no metric a value.
std::optional<ClaimedFigure> readClaimedFigure(const StatedClaim &claim);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_CLAIMEDFIGURES_H
