//===- Claims.h - Judges the claims of a plan -------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A claim is an equation, an inequality or a range; docs/plan-format.md has the
// grammar. Whole numbers of the computed side are exact, decimals stand for
// half a unit of their last digit to either side, and so does the number that
// is stated, whole or not; only a count that a metric equals is exact. A claim
// is true when what is computed meets what is stated; the limit of an
// inequality is exact.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_CLAIMS_CLAIMS_H
#define MOE_CLAIMS_CLAIMS_H

#include "moe/Claims/ClaimValue.h"
#include "llvm/ADT/ArrayRef.h"
#include <string>
#include <vector>

namespace mlir::moe {

/// The closed list of names that claims may use for figures of a plan.
llvm::ArrayRef<llvm::StringRef> metricNames();

/// What a plan knows of one metric.
struct MetricAnswer {
  /// Nothing when it cannot be computed; see `missing`.
  std::optional<ClaimValue> value;
  /// When ranks or stages differ: `value` is the smallest, this the largest. A
  /// claim holds when it holds for both; where the stages are given, an
  /// equation with the metric alone on its side holds when it does for the
  /// largest.
  std::optional<ClaimValue> largest;
  /// Of a metric that differs over the stages of a pipeline: that of each.
  std::vector<ClaimValue> stages;
  /// Half a sentence: "24 layers / pp 1".
  std::string derivation;
  /// Names of the figures without which there is no value.
  std::vector<std::string> missing;
  /// `value` in other units, samples/s beside tokens/s: a claim means the one
  /// that it counts in.
  std::vector<ClaimValue> alternatives;
};

/// Where claims get the figures of their plan from.
class MetricSource {
public:
  virtual ~MetricSource() = default;
  /// `name` is one of `metricNames()`.
  virtual MetricAnswer metric(llvm::StringRef name) const = 0;
  /// The same of the plan that this one is compared with: without one,
  /// "baseline.NAME" is missing.
  virtual MetricAnswer baselineMetric(llvm::StringRef name) const;
};

struct ClaimText {
  std::string id, says;
};

enum class ClaimVerdict : uint8_t {
  True,
  /// True of the digits that are stated, which are cut off, not rounded.
  Truncated,
  False,
  /// A figure is missing.
  Unverifiable,
  /// The text is no claim: syntax, names, units, a division by zero.
  Unreadable
};

/// "true", "truncated", "false", "unverifiable"; what cannot be read cannot be
/// verified.
llvm::StringRef nameOf(ClaimVerdict verdict);

struct Judgement {
  ClaimVerdict verdict = ClaimVerdict::Unverifiable;
  /// The value of the computed side, in the unit of the stated one: "914.3 x".
  std::string computed;
  /// The stated side: "889 x".
  std::string stated;
  /// One sentence: what was computed from what, against what was stated.
  std::string message;
  /// What explains a false claim.
  std::vector<std::string> notes;
  /// Metrics, figures and claims that are missing, each once.
  std::vector<std::string> missing;
  /// Of an unreadable claim: the character of its text, from 1.
  unsigned column = 0;
  /// Of an unreadable claim: whether its text breaks the grammar, rather than
  /// names something unknown or mixes units.
  bool breaksGrammar = false;
  /// A range of which one end holds.
  bool oneEndHolds = false;
};

/// "33.6 ms": the nominal value in the largest decimal unit it reaches.
std::string displayed(const ClaimValue &value);

/// One judgement for each claim. An `@id` stands for the stated (right) side of
/// the claim it names.
std::vector<Judgement> judgeClaims(llvm::ArrayRef<ClaimText> claims,
                                   const MetricSource &source);

} // namespace mlir::moe

#endif // MOE_CLAIMS_CLAIMS_H
