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
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mlir::moe {

/// Error: the plan cannot be launched. Warning: it can, but is probably not
/// meant. Note: worth knowing.
enum class Severity { Error, Warning, Note };

/// A key and the value it gets.
struct KeyChange {
  std::string key;   ///< path in the plan file: "parallelism.tp"
  std::string value; ///< new value as JSON text: "4", "\"auto\"", or "null"
};

/// A change of one key that removes the finding.
struct Fix {
  std::string key, value; ///< as of KeyChange
  std::string why;        ///< half a sentence: "2 divides 64 heads"
  /// Keys that have to follow: a stated dp of a larger cp.
  std::vector<KeyChange> also = {};

  /// The key and those that follow, in that order.
  std::vector<KeyChange> changes() const;
};

/// A figure the plan does not give.
struct MissingInput {
  std::string section, key; ///< "model", "hidden_size"
  /// Section of the report that cannot be complete without it.
  std::string affects;
  std::string neededFor; ///< "the shapes each rank holds"
};

/// One broken rule.
struct Finding {
  std::string rule; ///< id in the catalogue: "mesh-1"
  Severity severity;
  Location where;
  std::string message;
  /// What breaks the rule, where a rule can be broken by several things of a
  /// plan: the id of a claim, an axis, a module, a key. By rule and subject a
  /// finding is known again in another plan. Empty for what there is once.
  std::string subject;
  std::string expected, found;
  /// At most three, each at its own place.
  std::vector<std::pair<Location, std::string>> notes;
  std::vector<Fix> fixes;
  /// What a note says when none of the fixes turns out to work; may be empty.
  std::string withoutFix;
  /// Rule id of the finding this one follows from; empty for a cause. Reports
  /// fold consequences under their cause.
  std::string consequenceOf;
  /// Of the one finding that collects absent figures (input-1).
  std::vector<MissingInput> missing;

  Finding(std::string rule, Severity severity, Location where,
          std::string message)
      : rule(std::move(rule)), severity(severity), where(where),
        message(std::move(message)) {}
  bool isConsequence() const { return !consequenceOf.empty(); }
};

/// Findings in the order in which reports show them.
class FindingList {
public:
  /// The result is valid until the next call.
  Finding &add(std::string rule, Severity severity, Location where,
               std::string message);
  const std::vector<Finding> &all() const { return findings; }
  std::vector<Finding> &all() { return findings; }
  unsigned count(Severity severity) const;
  bool hasErrors() const { return count(Severity::Error) != 0; }
  bool has(llvm::StringRef rule) const;
  /// Lets consequences stand for themselves whose cause is not in the list, or
  /// follows from them in turn. When all findings are there, and again after
  /// their order has changed.
  void linkConsequences();
  /// What follows from the finding itself: consequences belong to the first
  /// finding of the rule they name, which may be a consequence of another one.
  /// From the findings that are none every other one is reached, once. After
  /// `linkConsequences`.
  std::vector<const Finding *> consequencesOf(const Finding &cause) const;

private:
  /// The first finding of each rule that has consequences in the list.
  using Causes = std::map<std::string, size_t, std::less<>>;
  bool leadsToCause(const Finding &finding, const Causes &first) const;

  std::vector<Finding> findings;
  Causes causes;
};

} // namespace mlir::moe

#endif // MOE_CHECK_FINDING_H
