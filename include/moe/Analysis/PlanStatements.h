//===- PlanStatements.h - What a plan says about itself ---------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The second half of the adapter between `moe.plan` and the checks: what the
// author states about the structure of the plan (`stated`, `policy`, `claim`).
// Nothing here enters a computation; it is compared with what is computed.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_PLANSTATEMENTS_H
#define MOE_ANALYSIS_PLANSTATEMENTS_H

#include "moe/IR/MoE.h"
#include <optional>
#include <string>
#include <vector>

namespace mlir::moe {

struct StatedGroups {
  AxisKind axis;
  std::optional<int64_t> count, size;
  Location where;
};

struct StatedExpertCounts {
  std::vector<int64_t> counts;
  Location where;
};

struct StatedCollective {
  CollectiveKind kind;
  std::string purpose; ///< "expert routing"; empty when only the axis is given
  std::optional<AxisKind> axis;
  Location where;
  std::optional<Quantity> time;
  std::string per; ///< what happens once in `time`: "layer"
};

struct StatedModule {
  std::string name;
  std::string ranks;  ///< "0-1", "0,2,4-7"; empty when not given
  std::string device; ///< where a module without ranks runs: "host"
  Location where;
};

struct StatedClaim {
  std::string id, says;
  Location where;
  /// Words and line of the document it was taken from; empty, 0 when not given.
  std::string quote;
  int64_t line = 0;
  std::optional<Provenance> source;
};

struct StatedBound {
  std::string name;
  Bound bound;
  Location where;
};

struct PlanStatements {
  std::vector<StatedGroups> groups;
  std::optional<StatedExpertCounts> expertCounts;
  std::vector<StatedCollective> collectives;
  std::vector<StatedModule> modules;
  /// "3 of 128", and where it stands.
  std::optional<std::pair<std::string, Location>> utilizedRanks;
  /// Share of the communication that is hidden, and where it stands.
  std::optional<std::pair<Quantity, Location>> overlap;
  std::vector<StatedClaim> claims;
  std::vector<StatedBound> policies, targets;

  explicit PlanStatements(PlanOp plan);
  /// The policy of that name, or null.
  const StatedBound *policy(llvm::StringRef name) const;
  /// The target of that name, or null.
  const StatedBound *target(llvm::StringRef name) const;
};

} // namespace mlir::moe

#endif // MOE_ANALYSIS_PLANSTATEMENTS_H
