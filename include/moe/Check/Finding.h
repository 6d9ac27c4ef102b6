//===- Finding.h - What a check found ---------------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Findings are data: rules produce them, one renderer per format prints them.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CHECK_FINDING_H
#define MOE_CHECK_FINDING_H

#include "mlir/IR/Location.h"
#include <string>
#include <utility>
#include <vector>

namespace mlir::moe {

/// Error: the plan cannot be launched. Warning: it can, but is probably not
/// meant. Note: worth knowing.
enum class Severity { Error, Warning, Note };

/// A change of one key that removes the finding.
struct Fix {
  std::string key;   ///< path in the plan file: "parallelism.tp"
  std::string value; ///< new value as JSON text: "4", "\"auto\""
  std::string why;   ///< half a sentence: "2 divides 64 heads"
};

/// One broken rule.
struct Finding {
  std::string rule; ///< id in the catalogue: "mesh-1"
  Severity severity;
  Location where;
  std::string message;
  std::string expected, found;
  /// At most three, each at its own place.
  std::vector<std::pair<Location, std::string>> notes;
  std::vector<Fix> fixes;
  /// Rule id of the finding this one follows from; empty for a cause. Reports
  /// fold consequences under their cause.
  std::string consequenceOf;
};

/// Findings in the order in which reports show them.
class FindingList {
public:
  Finding &add(std::string rule, Severity severity, Location where,
               std::string message);
  const std::vector<Finding> &all() const { return findings; }
  unsigned count(Severity severity) const;
  bool hasErrors() const { return count(Severity::Error) != 0; }
  bool has(llvm::StringRef rule) const;

private:
  std::vector<Finding> findings;
};

} // namespace mlir::moe

#endif // MOE_CHECK_FINDING_H
