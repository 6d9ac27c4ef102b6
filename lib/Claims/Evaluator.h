//===- Evaluator.h - Values of the nodes of a claim -------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CLAIMS_EVALUATOR_H
#define MOE_LIB_CLAIMS_EVALUATOR_H

#include "moe/Claims/Claims.h"
#include "moe/Claims/Expression.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::moe {

/// What `@id` stands for.
struct StatedSide {
  std::optional<ClaimValue> value;
  /// The upper end of a range, or the largest of values that differ.
  std::optional<ClaimValue> largest;
  /// Why there is no value.
  std::vector<std::string> missing;
};

/// By id; claims that cannot be read have no value.
using StatedSides = llvm::StringMap<StatedSide>;

/// Evaluates one claim. Nodes come after their operands, so one pass in their
/// order does it.
class Evaluator {
public:
  Evaluator(const ClaimTree &tree, const MetricSource &source,
            const StatedSides &claims);

  /// Looks up every name. Fails for names that do not exist.
  bool resolve(ClaimError &error);
  /// Names with two values: a claim is judged for each combination.
  unsigned choices() const { return 1U << twoValued.size(); }
  /// Computes the nodes; bit i of `choice` takes the larger value of the i-th
  /// two-valued name. Fails for units that do not go together, divisions by
  /// zero and values that are too long.
  bool evaluate(unsigned choice, ClaimError &error);
  /// What differs over stages, where it is all that differs in the claim: the
  /// value of each stage, when the node is that metric.
  llvm::ArrayRef<ClaimValue> stagesOf(unsigned node) const;
  /// Nothing when a figure is missing.
  const std::optional<ClaimValue> &valueOf(unsigned node) const {
    return values[node];
  }
  const llvm::SetVector<llvm::StringRef> &missing() const {
    return missingNames;
  }
  /// Where the metrics come from: "layers_per_rank = 24 layers / pp 1".
  const llvm::SetVector<llvm::StringRef> &derivations() const {
    return sources;
  }

  static constexpr unsigned maxTwoValued = 4;

private:
  bool resolveMetric(const Node &node, ClaimError &error);
  bool resolveClaim(const Node &node, ClaimError &error);
  std::optional<ClaimValue> leaf(unsigned node, unsigned choice) const;
  bool compute(unsigned node, unsigned choice, ClaimError &error);
  bool computeSum(unsigned node, ClaimError &error);
  bool computeQuotient(unsigned node, unsigned dividend, unsigned divisor,
                       ClaimError &error);
  bool computeCall(unsigned node, ClaimError &error);
  bool haveOneMeasure(const Node &node, ClaimError &error) const;
  bool mayCountGpus() const;
  bool sameMeasure(unsigned a, unsigned b) const;
  bool countsNoShare(ClaimError &error) const;
  bool rangeIsInOrder(ClaimError &error) const;
  bool store(unsigned node, std::optional<ClaimValue> value, ClaimError &error);
  bool fail(size_t byte, std::string message, ClaimError &error) const;

  const ClaimTree &tree;
  const MetricSource &source;
  const StatedSides &claims;
  llvm::DenseSet<unsigned> statedNumbers;
  llvm::StringMap<MetricAnswer> metrics;
  llvm::SetVector<llvm::StringRef> twoValued;
  llvm::StringMap<char> texts; ///< owns what the sets below name
  llvm::SetVector<llvm::StringRef> missingNames, sources;
  std::vector<std::optional<ClaimValue>> values;
};

} // namespace mlir::moe

#endif // MOE_LIB_CLAIMS_EVALUATOR_H
