//===- ClaimRules.cpp - The numbers a plan claims -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ClaimRules.h"

#include "ClaimedFigures.h"
#include "PlanMetrics.h"
#include "Rules.h"
#include "ScalingMetrics.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// The figures of a plan, and those of its baseline: computed, or else as the
/// baseline claims them.
class ComparedMetrics : public PlanMetrics {
public:
  ComparedMetrics(const PlanModel &plan, const PlanCost &cost,
                  const Baseline &baseline)
      : PlanMetrics(plan, cost), plan(plan), baseline(baseline),
        computed(baseline.model, baseline.cost),
        claimed(baseline.statements.claims), name(baseline.model.name) {}

  MetricAnswer metric(StringRef metric) const override {
    if (metric != "strong_scaling" && metric != "weak_scaling")
      return PlanMetrics::metric(metric);
    return scalingEfficiency(metric,
                             {baseline.model, baselineMetric("throughput")},
                             {plan, PlanMetrics::metric("throughput")});
  }

  MetricAnswer baselineMetric(StringRef metric) const override {
    MetricAnswer answer = computed.metric(metric);
    const ClaimedFigure *figure = claimed.find(metric);
    for (std::string &missing : answer.missing)
      missing = "baseline." + missing;
    if (answer.value || !figure || !figure->isEquation())
      return answer;
    answer = {};
    // As other claims see a stated number: whole is exact.
    answer.value =
        ClaimValue::of(figure->number, figure->number.number.scale > 0);
    answer.derivation = figure->text + ", claim " + quoted(figure->claim->id) +
                        " of " + quoted(name);
    return answer;
  }

private:
  const PlanModel &plan;
  const Baseline &baseline;
  PlanMetrics computed;
  ClaimedFigures claimed;
  StringRef name;
};
} // namespace

std::vector<Judgement> moe::judgeStatedClaims(const PlanModel &plan,
                                              const PlanCost &cost,
                                              const Baseline *baseline,
                                              ArrayRef<StatedClaim> claims) {
  std::vector<ClaimText> texts;
  texts.reserve(claims.size());
  for (const StatedClaim &claim : claims)
    texts.push_back({claim.id, claim.says});
  if (baseline)
    return judgeClaims(texts, ComparedMetrics(plan, cost, *baseline));
  return judgeClaims(texts, PlanMetrics(plan, cost));
}

/// claim-2, claim-3: the claim is false, or one end of its range is.
static void addFalse(const StatedClaim &claim, const Judgement &judgement,
                     FindingList &findings) {
  bool oneEnd = judgement.oneEndHolds;
  Finding &finding = findings.add(
      oneEnd ? "claim-3" : "claim-2", Severity::Error, claim.where,
      "claim " + quoted(claim.id) + " is " +
          (oneEnd ? "true at one end only: " : "false: ") + judgement.message);
  finding.subject = claim.id;
  finding.expected = judgement.computed;
  finding.found = judgement.stated;
  for (const std::string &note : judgement.notes)
    if (finding.notes.size() < 3)
      finding.notes.emplace_back(claim.where, note);
}

/// claim-4: the stated number is cut off.
static void addTruncated(const StatedClaim &claim, const Judgement &judgement,
                         FindingList &findings) {
  Finding &finding =
      findings.add("claim-4", Severity::Note, claim.where,
                   "claim " + quoted(claim.id) +
                       " is true as far as it goes: " + judgement.message);
  finding.subject = claim.id;
  finding.expected = judgement.computed;
  finding.found = judgement.stated;
}

/// claim-5: nobody can tell what the claim says.
static void addUnreadable(const StatedClaim &claim, const Judgement &judgement,
                          FindingList &findings) {
  Finding &finding = findings.add(
      "claim-5", Severity::Error, claim.where,
      "claim " + quoted(claim.id) + " cannot be evaluated: at character " +
          llvm::utostr(judgement.column) + " of " + quotedValue(claim.says) +
          ": " + judgement.message);
  finding.subject = claim.id;
  if (judgement.breaksGrammar) {
    finding.expected = "an equation, inequality or range";
    finding.found = quotedValue(claim.says);
  }
}

/// claim-1: one note for all claims that lack a figure.
static void noteUnverifiable(ArrayRef<StatedClaim> claims,
                             ArrayRef<Judgement> judgements,
                             FindingList &findings) {
  llvm::SetVector<StringRef> figures, metrics;
  const StatedClaim *first = nullptr;
  int64_t count = 0;
  for (auto [claim, judgement] : llvm::zip_equal(claims, judgements)) {
    if (judgement.verdict != ClaimVerdict::Unverifiable)
      continue;
    first = first ? first : &claim;
    ++count;
    for (StringRef name : judgement.missing)
      (llvm::is_contained(metricNames(), name) ? metrics : figures)
          .insert(name);
  }
  if (!first)
    return;
  std::string message = llvm::itostr(count) + " of " +
                        counted(static_cast<int64_t>(claims.size()), "claim") +
                        " cannot be verified";
  if (!metrics.empty())
    message += "; measured, not implied by a plan: " +
               llvm::join(metrics.getArrayRef(), ", ");
  if (!figures.empty())
    message += "; not known: " + llvm::join(figures.getArrayRef(), ", ");
  Finding &finding =
      findings.add("claim-1", Severity::Note, first->where, message);
  finding.found = llvm::itostr(count);
}

void moe::checkClaims(const RuleInput &input, FindingList &findings) {
  const std::vector<StatedClaim> &claims = input.statements.claims;
  const std::vector<Judgement> &judgements = input.judgements;
  for (auto [claim, judgement] : llvm::zip_equal(claims, judgements)) {
    if (judgement.verdict == ClaimVerdict::False)
      addFalse(claim, judgement, findings);
    else if (judgement.verdict == ClaimVerdict::Truncated)
      addTruncated(claim, judgement, findings);
    else if (judgement.verdict == ClaimVerdict::Unreadable)
      addUnreadable(claim, judgement, findings);
  }
  noteUnverifiable(claims, judgements, findings);
}
