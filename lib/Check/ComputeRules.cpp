//===- ComputeRules.cpp - Claimed rates against the work of a token -------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Amounts.h"
#include "ClaimedThroughput.h"
#include "CostMetrics.h"
#include "PublishedUtilization.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;
using cost::Count;

namespace {
/// FLOPs that one token costs at least: those of the parts that are known.
struct TokenWork {
  double flops = 0;
  bool complete = false;
  std::string who;  ///< "a token", "attention alone"
  std::string text; ///< "the experts 6.44 GFLOP + attention 3.42 GFLOP"
};
} // namespace

/// "2.736 times".
static std::string asFactor(double factor) {
  return StringRef(amount(factor, "")).rtrim().str() + " times";
}

/// The first claimed throughput that can be counted in tokens.
static std::optional<ClaimedThroughput>
claimedTokens(const PlanModel &plan, const ClaimedFigures &claimed) {
  for (const ClaimedFigure &figure : claimed.all())
    if (auto stated = ClaimedThroughput::of(plan, figure))
      if (auto rate = stated->inTokens(plan))
        return rate;
  return std::nullopt;
}

static TokenWork workOfToken(const PlanModel &plan, const PlanCost &cost) {
  const PartTable &model = cost.model();
  std::vector<ModelPart> parts = model.knownByFlops();
  TokenWork work;
  if (parts.empty())
    return work;
  bool training = plan.workload.mode == Mode::Train;
  double passes = training ? 3 : 1;
  work.flops = static_cast<double>(model.knownFlops().valueOr(0)) * passes;
  work.complete = model.flops().value().has_value();
  work.who = work.complete ? "a token"
             : parts.size() == 1
                 ? nameOf(parts.front()).str() + " alone"
                 : std::string("the parts of the model that are known");
  for (ModelPart part : parts) {
    Count flops = Count(model[part].gemmFlops.valueOr(0)) +
                  model[part].coreFlops.valueOr(0);
    work.text += (work.text.empty() ? "" : " + ") + nameOf(part).str() + " " +
                 amount(static_cast<double>(flops.valueOr(0)), "FLOP");
  }
  work.text +=
      training ? ", forward; three times that with backward" : ", forward";
  return work;
}

/// The dense peak of one GPU in the number format of the plan.
static double peakOf(const PlanModel &plan) {
  auto number = [](const std::optional<Quantity> &quantity) {
    return quantity ? quantity->toSI() : 0.0;
  };
  const ClusterFigures &cluster = plan.cluster;
  double peak = number(cluster.peakBf16);
  Precision precision = plan.workload.precision;
  bool eight = precision == Precision::FP8 || precision == Precision::MXFP8 ||
               precision == Precision::NVFP4;
  if (eight && cluster.peakFp8)
    peak = std::max(peak, number(cluster.peakFp8));
  if (precision == Precision::NVFP4 && cluster.peakFp4)
    peak = std::max(peak, number(cluster.peakFp4));
  // Without a figure for the format no throughput is out of reach.
  return eight && !cluster.peakFp8 ? 0 : peak;
}

/// FLOP/s of one GPU that claims give: a rate, or a share of the peak.
static std::optional<std::pair<double, const ClaimedFigure *>>
claimedCompute(const PlanModel &plan, const ClaimedFigures &claimed) {
  for (const ClaimedFigure &figure : claimed.all()) {
    if (figure.isLowerLimit() || figure.isUpperLimit())
      continue;
    double value = figure.number.toSI();
    if (figure.metric == "device_compute" &&
        (figure.number.dimension() == Dimension::FlopPerSecond ||
         figure.number.dimension() == Dimension::FlopPerSecondPerGpu))
      return std::make_pair(value, &figure);
    bool share =
        figure.metric == "mfu" || figure.metric == "compute_utilization";
    if (share && figure.value.measure.isNone() && plan.cluster.peakBf16)
      return std::make_pair(value * plan.cluster.peakBf16->toSI(), &figure);
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// compute-5: a claimed throughput is below the roofline
//===----------------------------------------------------------------------===//

/// "the peak allows 116.8 ktokens/s", and what the claimed share of it allows.
static std::string describeBound(const PlanModel &plan,
                                 const ClaimedFigures &claimed,
                                 const TokenWork &work, double peak) {
  auto rate = [&](double flops) {
    std::string text = amount(flops / work.flops, "tokens/s");
    if (const Figure &sequence = plan.workload.sequenceLength)
      text += " (" +
              amount(flops / work.flops / static_cast<double>(*sequence),
                     "samples/s") +
              ")";
    return text;
  };
  std::string text = "at its peak the hardware does at most " + rate(peak);
  auto compute = claimedCompute(plan, claimed);
  const Figure &world = plan.cluster.worldSize;
  if (compute && compute->first > 0) {
    double all = compute->first * static_cast<double>(*world);
    text += ", at " + compute->second->str() + " " + rate(all);
  }
  return text;
}

static void checkRoofline(const RuleInput &input, const ClaimedFigures &claimed,
                          const ClaimedThroughput &rate, const TokenWork &work,
                          FindingList &findings) {
  const Figure &world = input.model.cluster.worldSize;
  double each = peakOf(input.model);
  if (!world || !(each > 0))
    return;
  double peak = each * static_cast<double>(*world);
  double needed = asReal(rate.perSecond.nominal) * work.flops;
  if (needed <= peak)
    return;
  Finding &finding = findings.add(
      "compute-5", Severity::Error, rate.figure->claim->where,
      "a throughput of " + rate.text + " needs " +
          (work.complete ? "" : "at least ") + amount(needed, "FLOP/s") + ", " +
          asFactor(needed / peak) + " the dense peak of " +
          counted(*world, "GPU") + ", " + amount(peak, "FLOP/s"));
  finding.subject = rate.figure->claim->id;
  finding.expected = "at most " + amount(peak / work.flops, "tokens/s");
  finding.found = amount(asReal(rate.perSecond.nominal), "tokens/s");
  finding.notes.emplace_back(finding.where, amount(work.flops, "FLOP") +
                                                " for " + work.who + ": " +
                                                work.text);
  finding.notes.emplace_back(finding.where,
                             describeBound(input.model, claimed, work, peak));
}

//===----------------------------------------------------------------------===//
// compute-6: claimed work and claimed throughput agree
//===----------------------------------------------------------------------===//

static void checkWorkPerToken(const RuleInput &input,
                              const ClaimedFigures &claimed,
                              const ClaimedThroughput &rate,
                              const TokenWork &work, FindingList &findings) {
  const Figure &world = input.model.cluster.worldSize;
  auto compute = claimedCompute(input.model, claimed);
  if (!world || !compute || !(asReal(rate.perSecond.nominal) > 0))
    return;
  double gpus = static_cast<double>(*world);
  // Claims carry few digits.
  constexpr double tolerance = 1.1;
  double perToken = compute->first * gpus / asReal(rate.perSecond.nominal);
  if (perToken * tolerance >= work.flops)
    return;
  Finding &finding = findings.add(
      "compute-6", Severity::Error, compute->second->claim->where,
      compute->second->relation() + " (claim " +
          quoted(compute->second->claim->id) + ") over " +
          counted(*world, "GPU") + " at " + rate.text + " is " +
          amount(perToken, "FLOP") + " for a token, " +
          asFactor(work.flops / perToken) + " less than " + work.who +
          (work.complete ? " takes: " : " takes: at least ") +
          amount(work.flops, "FLOP"));
  finding.subject = compute->second->claim->id;
  double takes = work.flops * asReal(rate.perSecond.nominal) / gpus;
  double peak = peakOf(input.model);
  // What no GPU reaches is not what would be right: the throughput is wrong.
  bool reachable = !(peak > 0) || takes <= peak;
  finding.expected =
      reachable
          ? (work.complete ? "" : "at least ") + amount(takes, "FLOP/s") +
                " per GPU"
          : "at most " + amount(compute->first * gpus / work.flops, "tokens/s");
  finding.found = amount(compute->first, "FLOP/s") + " per GPU";
  finding.notes.emplace_back(finding.where, work.text);
  finding.notes.emplace_back(rate.figure->claim->where, "the throughput");
}

//===----------------------------------------------------------------------===//
// compute-2: what was ever reached
//===----------------------------------------------------------------------===//

/// A claimed throughput of training below the roofline, but above all that was
/// published.
static void checkImpliedShare(const RuleInput &input,
                              const ClaimedThroughput &rate,
                              const TokenWork &work, FindingList &findings) {
  const PlanModel &plan = input.model;
  const Figure &world = plan.cluster.worldSize;
  if (!world || !plan.cluster.peakBf16)
    return;
  double gpus = static_cast<double>(*world);
  double each = asReal(rate.perSecond.nominal) * work.flops / gpus;
  std::optional<Rational> share =
      rationalOf(each / plan.cluster.peakBf16->toSI());
  if (!share || each > peakOf(plan))
    return;
  addIfUnreached(
      input, *share,
      {rate.figure->claim->id, "a throughput of " + rate.text + " takes " +
                                   (work.complete ? "" : "at least ") +
                                   amount(each, "FLOP/s") + " per GPU, which"},
      rate.figure->claim->where, findings);
}

void moe::checkCompute(const RuleInput &input, FindingList &findings) {
  ClaimedFigures claimed(input.statements.claims);
  std::optional<ClaimedThroughput> rate = claimedTokens(input.model, claimed);
  TokenWork work = workOfToken(input.model, input.cost);
  if (!rate || !(work.flops > 0))
    return;
  checkRoofline(input, claimed, *rate, work, findings);
  checkImpliedShare(input, *rate, work, findings);
  checkWorkPerToken(input, claimed, *rate, work, findings);
}
