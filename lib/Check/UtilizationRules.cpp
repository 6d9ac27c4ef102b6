//===- UtilizationRules.cpp - Shares of memory, compute and time ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AdmittedValues.h"
#include "PublishedUtilization.h"
#include "RankList.h"
#include "Rules.h"
#include "TargetConflicts.h"
#include "moe/Claims/Expression.h"
#include "moe/Hardware/GpuPreset.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

//===----------------------------------------------------------------------===//
// claim-10: allocated is not busy
//===----------------------------------------------------------------------===//

/// N / M of "N of M"; an unreadable text is a finding of its own (ranks-1).
static std::optional<Rational>
allocatedShare(const PlanStatements &statements) {
  if (!statements.utilizedRanks)
    return std::nullopt;
  std::optional<RankShare> share =
      RankShare::parse(statements.utilizedRanks->first);
  if (!share || share->used < 1 || share->all < share->used)
    return std::nullopt;
  return Rational::of(share->used, share->all);
}

/// Another figure for how busy the GPUs are, or null.
static const ClaimedFigure *otherBusyShare(const ClaimedFigures &claimed,
                                           const ClaimedFigure &figure) {
  for (StringRef metric : {"gpu_utilization", "compute_utilization", "mfu"})
    for (const ClaimedFigure &other : claimed.all())
      if (&other != &figure && other.metric == metric)
        return &other;
  return nullptr;
}

static void checkAllocation(const RuleInput &input,
                            const ClaimedFigures &claimed,
                            FindingList &findings) {
  std::optional<Rational> allocated = allocatedShare(input.statements);
  const ClaimedFigure *figure = claimed.find("gpu_utilization");
  if (!allocated || !figure || !figure->isEquation() ||
      *allocated < figure->value.low || figure->value.high < *allocated)
    return;
  std::string message = "gpu_utilization is " + figure->str() +
                        ", which is the share of ranks in "
                        "use, " +
                        quotedValue(input.statements.utilizedRanks->first) +
                        "; how busy they are is another number";
  const ClaimedFigure *other = otherBusyShare(claimed, *figure);
  if (other)
    message += ", for which " + other->metric + " is " + other->str();
  Finding &finding =
      findings.add("claim-10", other ? Severity::Error : Severity::Warning,
                   figure->claim->where, message);
  finding.subject = figure->claim->id;
  finding.expected = "'utilized_ranks' for the ranks in use";
  finding.found = figure->relation();
  finding.notes.emplace_back(input.statements.utilizedRanks->second,
                             "ranks in use are stated here");
}

//===----------------------------------------------------------------------===//
// claim-11: one metric has one value
//===----------------------------------------------------------------------===//

/// Compares each figure with the first of its metric that it excludes.
static void checkContradictions(const ClaimedFigures &claimed,
                                FindingList &findings) {
  llvm::StringMap<llvm::SmallVector<const ClaimedFigure *, 2>> seen;
  // More values than a document has of one metric are not compared.
  constexpr size_t most = 32;
  for (const ClaimedFigure &figure : claimed.all()) {
    auto &before = seen[figure.metric];
    const auto *other =
        llvm::find_if(before, [&](const ClaimedFigure *earlier) {
          return AdmittedValues::of(*earlier).excludes(
              AdmittedValues::of(figure));
        });
    if (other != before.end()) {
      Finding &finding =
          findings.add("claim-11", Severity::Error, figure.claim->where,
                       figure.metric + " cannot be both " + (*other)->str() +
                           " and " + figure.str());
      finding.subject = figure.claim->id;
      finding.expected = "one value";
      finding.found = (*other)->text + " and " + figure.text;
      finding.notes.emplace_back((*other)->claim->where, "the other claim");
    }
    if (before.size() < most)
      before.push_back(&figure);
  }
}

//===----------------------------------------------------------------------===//
// compute-2: what was ever reached
//===----------------------------------------------------------------------===//

/// The share of the peak that a figure claims: its lower end.
static std::optional<Rational> shareOfPeak(const RuleInput &input,
                                           const ClaimedFigure &figure) {
  if (figure.isUpperLimit())
    return std::nullopt;
  if ((figure.metric == "compute_utilization" || figure.metric == "mfu") &&
      figure.value.measure.isNone())
    return figure.value.nominal;
  const std::optional<Quantity> &peak = input.model.cluster.peakBf16;
  std::optional<Rational> whole = peak ? Rational::of(*peak) : std::nullopt;
  if (figure.metric != "device_compute" || !whole ||
      !(figure.value.measure == Measure::of(Dimension::FlopPerSecond)))
    return std::nullopt;
  return divide(figure.value.nominal, *whole);
}

static void checkPlausible(const RuleInput &input,
                           const ClaimedFigures &claimed,
                           FindingList &findings) {
  for (const ClaimedFigure &figure : claimed.all())
    if (std::optional<Rational> share = shareOfPeak(input, figure))
      addIfUnreached(input, *share, {figure.claim->id, figure.relation()},
                     figure.claim->where, findings);
  const StatedBound *target = input.statements.target("compute_utilization");
  if (!target || target->bound.comparison == Comparison::Less ||
      target->bound.comparison == Comparison::LessEqual)
    return;
  if (std::optional<Rational> least = Rational::of(target->bound.limit))
    addIfUnreached(
        input, *least,
        {target->name, "the target compute_utilization " + target->bound.str()},
        target->where, findings);
}

//===----------------------------------------------------------------------===//
// compute-3: a share is at most the whole
//===----------------------------------------------------------------------===//

static bool isShare(StringRef metric) {
  static constexpr StringLiteral shares[] = {"mfu",
                                             "compute_utilization",
                                             "gpu_utilization",
                                             "memory_utilization",
                                             "communication_share",
                                             "remote_token_share"};
  return llvm::is_contained(shares, metric);
}

/// The share of the communication that the plan states as hidden.
static void checkOverlapShare(const PlanStatements &statements,
                              FindingList &findings) {
  if (!statements.overlap)
    return;
  const auto &[overlap, where] = *statements.overlap;
  if (overlap.toSI() >= 0 && overlap.toSI() <= 1)
    return;
  Finding &finding =
      findings.add("compute-3", Severity::Error, where,
                   "an overlap of " + overlap.str() +
                       (overlap.toSI() < 0 ? " is less than nothing"
                                           : " is more than the whole"));
  finding.subject = "overlap";
  finding.expected = "0 % to 100 %";
  finding.found = overlap.str();
}

static void checkShares(const RuleInput &input, const ClaimedFigures &claimed,
                        FindingList &findings) {
  for (const ClaimedFigure &figure : claimed.all()) {
    if (!isShare(figure.metric) || figure.isUpperLimit() ||
        !figure.value.measure.isNone() || figure.value.low.compare(1) <= 0)
      continue;
    Finding &finding =
        findings.add("compute-3", Severity::Error, figure.claim->where,
                     figure.relation() + " is more than the whole");
    finding.subject = figure.claim->id;
    finding.expected = "at most 100 %";
    finding.found = figure.text;
    const Figure &world = input.model.cluster.worldSize;
    std::optional<Rational> each =
        world ? divide(figure.value.nominal, Rational(*world)) : std::nullopt;
    if (each && *world > 1 && each->compare(1) <= 0)
      finding.notes.emplace_back(
          finding.where,
          "over " + counted(*world, "rank") + " it is " + asPercent(*each) +
              ": was the work of all set against the peak of one?");
  }
}

//===----------------------------------------------------------------------===//
// compute-4: peaks in claims are dense
//===----------------------------------------------------------------------===//

/// "989 TFLOPS", when the number is the sparse peak of the precision meant.
static std::optional<SourcedQuantity>
densePeakBehind(const Quantity &number, const GpuPreset &preset, bool fp8) {
  const SourcedQuantity *peak = &preset.bf16Peak;
  if (fp8 && preset.fp8Peak)
    peak = &*preset.fp8Peak;
  if (number.dimension() != peak->value.dimension())
    return std::nullopt;
  double factor = number.toSI() / peak->value.toSI();
  // Data sheets print twice the dense peak for 2:4 sparse matrices.
  if (factor < 1.98 || factor > 2.02)
    return std::nullopt;
  return *peak;
}

/// Whether a claim speaks of the peak of eight-bit numbers, which a data sheet
/// may print at the same height as the sparse one of sixteen.
static bool speaksOfFp8(const StatedClaim &claim, const ClaimTree &tree) {
  return StringRef(claim.quote).contains_insensitive("fp8") ||
         llvm::any_of(tree.nodes, [](const Node &node) {
           return node.kind == NodeKind::Metric && node.name == "peak_fp8";
         });
}

static void checkClaimedPeaks(const RuleInput &input, FindingList &findings) {
  std::string error;
  std::optional<GpuPreset> preset =
      lookupGpuPreset(input.model.cluster.gpu, error);
  if (!preset)
    return;
  Precision precision = input.model.workload.precision;
  bool fp8 = precision == Precision::FP8 || precision == Precision::MXFP8;
  for (const StatedClaim &claim : input.statements.claims) {
    ClaimError unreadable;
    std::optional<ClaimTree> tree = parseClaim(claim.says, unreadable);
    if (!tree)
      continue;
    bool meansFp8 = fp8 || speaksOfFp8(claim, *tree);
    for (const Node &node : tree->nodes) {
      if (node.kind != NodeKind::Number)
        continue;
      std::optional<SourcedQuantity> dense =
          densePeakBehind(node.number, *preset, meansFp8);
      if (!dense)
        continue;
      Finding &finding = findings.add(
          "compute-4", Severity::Warning, claim.where,
          "claim " + quoted(claim.id) + " counts with " + node.number.str() +
              ", the peak of " + preset->name.str() +
              " for sparse matrices; dense it is " + dense->value.str());
      finding.subject = claim.id;
      finding.expected = dense->value.str();
      finding.found = node.number.str();
      finding.notes.emplace_back(claim.where, dense->source.str());
      break;
    }
  }
}

//===----------------------------------------------------------------------===//
// policy-1: what is claimed is wanted
//===----------------------------------------------------------------------===//

/// Claims that miss a target of the plan.
static void checkTargets(const RuleInput &input, const ClaimedFigures &claimed,
                         FindingList &findings) {
  for (const auto &[target, figure] :
       missedTargets(input.statements.targets, claimed)) {
    Finding &finding =
        findings.add("policy-1", Severity::Warning, figure.claim->where,
                     figure.metric + " is claimed as " + figure.str() +
                         ", but the target is " + target->bound.str());
    finding.subject = figure.claim->id;
    finding.expected = target->bound.str();
    finding.found = figure.text;
    finding.notes.emplace_back(target->where, "the target");
  }
}

namespace {
/// A utilisation below which something is wasted, and what.
struct Waste {
  Rational below;
  StringRef what;
};
} // namespace

/// Nothing for other metrics. Decoding waits for memory, not for arithmetic:
/// services run at a few percent of the peak.
static std::optional<Waste> wasteOf(const PlanModel &plan, StringRef metric) {
  Rational tenth = *Rational::of(1, 10), hundredth = *Rational::of(1, 100);
  if (metric == "memory_utilization")
    return Waste{tenth, "almost all of the memory is unused"};
  if (metric == "compute_utilization")
    return Waste{plan.workload.mode == Mode::Decode ? hundredth : tenth,
                 "almost all of the arithmetic is idle"};
  return std::nullopt;
}

/// Claims that waste what no target says may be wasted.
static void checkWaste(const RuleInput &input, const ClaimedFigures &claimed,
                       FindingList &findings) {
  for (const ClaimedFigure &figure : claimed.all()) {
    std::optional<Waste> waste = wasteOf(input.model, figure.metric);
    if (!waste || !figure.value.measure.isNone() ||
        input.statements.target(figure.metric) || figure.isLowerLimit() ||
        waste->below.compare(figure.value.high) <= 0)
      continue;
    Finding &finding = findings.add(
        "policy-1", Severity::Warning, figure.claim->where,
        figure.metric + " is claimed as " + figure.str() + ": " +
            waste->what.str() + ", and no target says that this is wanted");
    finding.subject = figure.claim->id;
    finding.expected = "'targets." + figure.metric + "'";
    finding.found = figure.text;
  }
}

void moe::checkUtilization(const RuleInput &input, FindingList &findings) {
  ClaimedFigures claimed(input.statements.claims);
  checkAllocation(input, claimed, findings);
  checkContradictions(claimed, findings);
  checkPlausible(input, claimed, findings);
  checkShares(input, claimed, findings);
  checkOverlapShare(input.statements, findings);
  checkClaimedPeaks(input, findings);
  checkTargets(input, claimed, findings);
  checkWaste(input, claimed, findings);
}
