//===- BaselineRules.cpp - Before and after, and equal memory -------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "ClaimedFigures.h"
#include "ExpertCounts.h"
#include "PlanComparison.h"
#include "RankList.h"
#include "Rules.h"
#include "moe/Claims/Expression.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// baseline-1: one model before and after
//===----------------------------------------------------------------------===//

static void checkComparable(const RuleInput &input, FindingList &findings) {
  PlanDifferences differences =
      comparePlans(input.baseline->model, input.model);
  if (differences.model.empty())
    return;
  std::string all = llvm::join(differences.model, ", ");
  if (!differences.workload.empty())
    all += ", " + llvm::join(differences.workload, ", ");
  Finding &finding = findings.add(
      "baseline-1", Severity::Error, input.baselineWhere,
      "the baseline " + quoted(input.baseline->model.name) +
          " is another model: " + all +
          "; no difference in figures can be put down to the plan");
  finding.expected = "the same model and batch";
  finding.found = all;
}

//===----------------------------------------------------------------------===//
// baseline-2: memory follows what is held
//===----------------------------------------------------------------------===//

static bool isMemory(StringRef metric) {
  static constexpr StringLiteral metrics[] = {
      "device_memory", "peak_memory",    "memory_utilization",
      "weights",       "expert_weights", "model_memory"};
  return llvm::is_contained(metrics, metric);
}

/// The memory metric that the claim says is the same as before; empty if none.
static std::string unchangedMemory(const StatedClaim &claim) {
  ClaimError error;
  std::optional<ClaimTree> tree = parseClaim(claim.says, error);
  if (!tree || tree->comparison != Comparison::Equal)
    return "";
  const Node &left = tree->nodes[tree->left], &right = tree->nodes[tree->right];
  bool same = left.kind == NodeKind::Metric &&
              right.kind == NodeKind::BaselineMetric && left.name == right.name;
  return same && isMemory(left.name) ? left.name : "";
}

/// The most experts that a rank holds: as stated, else as the plan implies.
static std::optional<int64_t> mostExperts(const PlanModel &plan,
                                          const PlanStatements &statements) {
  if (statements.expertCounts)
    return ExpertCounts::of(statements.expertCounts->counts).max();
  std::optional<ExpertCounts> counts = ExpertCounts::implied(plan);
  return counts ? std::optional(counts->max()) : std::nullopt;
}

static void checkUnchangedMemory(const RuleInput &input,
                                 FindingList &findings) {
  const Baseline &baseline = *input.baseline;
  std::optional<int64_t> before =
      mostExperts(baseline.model, baseline.statements);
  std::optional<int64_t> after = mostExperts(input.model, input.statements);
  if (!before || !after || *before == *after || *before == 0 || *after == 0)
    return;
  for (const StatedClaim &claim : input.statements.claims) {
    std::string metric = unchangedMemory(claim);
    if (metric.empty())
      continue;
    int64_t more = std::max(*before, *after), less = std::min(*before, *after);
    Finding &finding = findings.add(
        "baseline-2", Severity::Error, claim.where,
        "claim " + quoted(claim.id) + " says " + metric +
            " is that of the baseline, but the experts on a rank went from " +
            llvm::itostr(*before) + " to " + llvm::itostr(*after) +
            ", a factor of " + ratio(more, less));
    finding.subject = claim.id;
    finding.expected = metric + " that changes with the experts held";
    finding.found = "no change";
  }
}

//===----------------------------------------------------------------------===//
// balance-5: equal memory takes equal modules
//===----------------------------------------------------------------------===//

/// A claim that all ranks use the same memory.
static bool saysEqualMemory(const ClaimedFigure &figure) {
  return figure.isEquation() && ((figure.metric == "memory_imbalance" &&
                                  figure.value.nominal == Rational(1)) ||
                                 (figure.metric == "memory_variance" &&
                                  figure.value.nominal.isZero()));
}

/// How much the embedding adds to the memory that is claimed for every rank:
/// "51.2 MB more, 1.742 times the 69 MB claimed"; empty where a figure misses.
static std::string embeddingShare(const PlanModel &plan,
                                  const ClaimedFigures &claimed) {
  const Figure &vocab = plan.model.vocab, &hidden = plan.model.hidden,
               &tp = plan.degrees.tp;
  const ClaimedFigure *memory = claimed.find("device_memory");
  std::optional<int64_t> weights = product({&vocab, &hidden});
  // Two bytes of BF16 a weight.
  std::optional<int64_t> bytes = weights ? times(*weights, 2) : std::nullopt;
  if (!bytes || !memory || memory->value.mayBeZero())
    return "";
  ClaimValue extra = ClaimValue::exact(*Rational::of(*bytes, *tp),
                                       Measure::of(Dimension::Bytes));
  std::optional<ClaimValue> share = divide(extra, memory->value);
  std::optional<Rational> total =
      share ? add(share->nominal, Rational(1)) : std::nullopt;
  if (!total || !share->measure.isNone())
    return "";
  return ": " + displayed(extra) + " more, " + total->str(3) +
         " times the claimed " + memory->text;
}

static void checkEqualMemory(const RuleInput &input, FindingList &findings) {
  const Figure &world = input.model.cluster.worldSize;
  if (!world)
    return;
  ClaimedFigures claimed(input.statements.claims);
  const auto *equal = llvm::find_if(claimed.all(), saysEqualMemory);
  if (equal == claimed.all().end())
    return;
  for (const StatedModule &module : input.statements.modules) {
    std::string error;
    std::optional<RankList> ranks = RankList::parse(module.ranks, error);
    if (module.ranks.empty() || !ranks || ranks->count() >= *world)
      continue;
    bool embedding = StringRef(module.name).contains_insensitive("embedding");
    Finding &finding = findings.add(
        "balance-5", Severity::Error, equal->claim->where,
        "claim " + quoted(equal->claim->id) +
            " says that all ranks use the same memory, but only ranks " +
            module.ranks + " of " + llvm::itostr(*world) + " hold " +
            quoted(module.name) +
            (embedding ? embeddingShare(input.model, claimed) : ""));
    finding.subject = module.name;
    finding.expected = "every module on every rank";
    finding.found = module.name + " on " + module.ranks;
    finding.notes.emplace_back(module.where, "stated here");
  }
}

//===----------------------------------------------------------------------===//
// claim-12: experts leave room to scale
//===----------------------------------------------------------------------===//

/// A claim that throughput grows as the GPUs do, where each rank holds one
/// expert of a layer already.
static void checkScaling(const RuleInput &input, FindingList &findings) {
  std::optional<ExpertCounts> counts = ExpertCounts::implied(input.model);
  const Figure &ep = input.model.degrees.ep;
  if (!counts || !ep || *ep == 1 || counts->max() != 1)
    return;
  ClaimedFigures claimed(input.statements.claims);
  for (StringRef metric : {"weak_scaling", "strong_scaling"}) {
    const ClaimedFigure *figure = claimed.find(metric);
    if (!figure || figure->isUpperLimit() ||
        figure->value.nominal.compare(1) < 0)
      continue;
    Finding &finding = findings.add(
        "claim-12", Severity::Warning, figure->claim->where,
        metric.str() + " is claimed as " + figure->str() +
            ", but ep = " + llvm::itostr(*ep) + " is all of the " +
            counted(counts->total(), "expert slot") +
            " of a layer: more GPUs take no experts but redundant ones");
    finding.subject = figure->claim->id;
    finding.expected = "room for more than " + llvm::itostr(*ep) + " ranks";
    finding.found = counted(counts->total(), "expert slot");
  }
}

void moe::checkBaseline(const RuleInput &input, FindingList &findings) {
  checkEqualMemory(input, findings);
  checkScaling(input, findings);
  if (!input.baseline)
    return;
  checkComparable(input, findings);
  checkUnchangedMemory(input, findings);
}
