//===- BudgetRules.cpp - Whether communication fits the latency -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "ClaimedLatency.h"
#include "CollectiveCounts.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

static std::string shownTime(const Rational &seconds) {
  return displayed(ClaimValue::exact(seconds, Measure::of(Dimension::Seconds)));
}

//===----------------------------------------------------------------------===//
// communication-3: stated collectives fit the claimed latency
//===----------------------------------------------------------------------===//

namespace {
/// Collectives of a forward pass that are stated per layer, one behind the
/// other.
struct LayerTimes {
  ClaimValue sum;     ///< of all of them in all their layers
  ClaimValue longest; ///< of the one that takes most
  std::string text;   ///< "2 ms all_reduce over tp + 3 ms all_to_all over ep"
  const StatedCollective *first = nullptr;
  bool ofExperts = false, ofAll = false;
};
} // namespace

/// Whether it happens only in layers with experts.
static bool isOfExperts(const StatedCollective &stated) {
  AxisKind axis = stated.axis.value_or(AxisKind::Tensor);
  return axis == AxisKind::Expert || axis == AxisKind::ExpertTensor;
}

static std::optional<LayerTimes>
timesOfLayers(const PlanModel &plan, ArrayRef<StatedCollective> collectives) {
  int64_t all = *plan.model.layers, sparse = countMoELayers(plan.model);
  std::optional<LayerTimes> result;
  for (const StatedCollective &stated : collectives) {
    if (!stated.time || stated.per != "layer")
      continue;
    bool ofExperts = isOfExperts(stated) && sparse > 0;
    std::optional<ClaimValue> each =
        ClaimValue::of(*stated.time, /*rounded=*/true);
    std::optional<ClaimValue> time =
        each ? multiply(*each, ClaimValue::exact(ofExperts ? sparse : all))
             : std::nullopt;
    if (!time)
      continue;
    std::string text =
        stated.time->str() + " " + stringifyEnum(stated.kind).str();
    if (stated.axis)
      text += " over " + stringifyEnum(*stated.axis).str();
    if (result) {
      std::optional<ClaimValue> sum = add(result->sum, *time);
      if (!sum)
        return std::nullopt;
      result->sum = *sum;
      if (result->longest.nominal < time->nominal)
        result->longest = *time;
      result->text += " + " + text;
    } else {
      result = LayerTimes{*time, *time, text, &stated};
    }
    result->ofExperts |= ofExperts;
    result->ofAll |= !ofExperts;
  }
  return result;
}

/// "60 MoE layers", "61 layers, 60 with experts,", "61 layers".
static std::string describeLayers(const PlanModel &plan,
                                  const LayerTimes &times) {
  int64_t all = *plan.model.layers, sparse = countMoELayers(plan.model);
  std::string text = counted(all, "layer");
  if (!times.ofExperts || sparse == all)
    return text;
  if (!times.ofAll)
    return counted(sparse, "MoE layer");
  return text + ", " + llvm::itostr(sparse) + " with experts,";
}

/// What would make stages of a pipeline fit: enough micro-batches in flight.
/// With m of them over p stages of time c each a batch takes c (m + p - 1) / m.
static std::string pipelineAdvice(const ClaimValue &total, int64_t stages,
                                  const ClaimedLatency &latency) {
  std::optional<Rational> stage = divide(total.nominal, Rational(stages));
  std::optional<Rational> left =
      stage ? subtract(latency.value.nominal, *stage) : std::nullopt;
  if (stages < 2 || !left || left->isNegative() || left->isZero())
    return "";
  std::optional<Rational> fill = multiply(*stage, Rational(stages - 1));
  std::optional<Rational> batches = fill ? divide(*fill, *left) : std::nullopt;
  if (!batches)
    return "";
  int64_t needed = 1;
  constexpr int64_t most = 10000;
  while (needed < most && Rational(needed) < *batches)
    ++needed;
  return "with " + llvm::itostr(needed) + " micro-batches in flight over " +
         llvm::itostr(stages) + " stages it would fit: " + shownTime(*stage) +
         " x (" + llvm::itostr(needed) + " + " + llvm::itostr(stages - 1) +
         ") / " + llvm::itostr(needed);
}

static void checkStatedTimes(const RuleInput &input,
                             const ClaimedLatency &latency,
                             FindingList &findings) {
  const Figure &layers = input.model.model.layers, &pp = input.model.degrees.pp;
  std::optional<LayerTimes> times =
      layers ? timesOfLayers(input.model, input.statements.collectives)
             : std::nullopt;
  if (!times || times->sum.low.compare(latency.value.high) <= 0)
    return;
  std::string stages =
      *pp > 1 ? " in series over " + llvm::itostr(*pp) + " stages" : "";
  Finding &finding =
      findings.add("communication-3", Severity::Error, times->first->where,
                   describeLayers(input.model, *times) + " of " + times->text +
                       " take " + displayed(times->sum) + stages +
                       ", more than the latency of " + latency.text);
  finding.expected = "at most " + displayed(latency.value);
  finding.found = displayed(times->sum);
  if (std::string advice = pipelineAdvice(times->sum, *pp, latency);
      !advice.empty())
    finding.notes.emplace_back(finding.where, advice);
  if (times->longest.nominal < times->sum.nominal)
    finding.notes.emplace_back(finding.where,
                               "side by side the collectives of a layer would "
                               "still take " +
                                   displayed(times->longest));
}

//===----------------------------------------------------------------------===//
// communication-4: the target secures the latency
//===----------------------------------------------------------------------===//

static void checkTarget(const RuleInput &input, const ClaimedLatency &latency,
                        FindingList &findings) {
  const StatedBound *target = input.statements.target("communication_latency");
  int64_t count =
      countExchanges(input.model) + countSplitBlocks(input.model).all();
  if (!target || count == 0 || target->bound.dimension() != Dimension::Seconds)
    return;
  const Quantity &limit =
      target->bound.upper ? *target->bound.upper : target->bound.limit;
  std::optional<Rational> each = Rational::of(limit);
  std::optional<Rational> total =
      each ? multiply(*each, Rational(count)) : std::nullopt;
  if (!total || total->compare(latency.value.high) <= 0)
    return;
  std::optional<Rational> allowed =
      divide(latency.value.nominal, Rational(count));
  std::optional<Rational> share = divide(*each, Rational(count));
  if (!allowed || !share)
    return;
  Finding &finding = findings.add(
      "communication-4", Severity::Warning, target->where,
      "the target " + target->bound.str() + " lets " +
          counted(count, "collective") + " of a forward pass take " +
          shownTime(*total) + ", more than the latency of " + latency.text);
  finding.expected = "at most " + shownTime(*allowed) + " for each";
  finding.found = limit.str();
  finding.notes.emplace_back(finding.where,
                             "if " + limit.str() +
                                 " is meant for all together, each has " +
                                 shownTime(*share));
}

//===----------------------------------------------------------------------===//
// communication-5: a layer has time for its token exchange
//===----------------------------------------------------------------------===//

namespace {
/// DeepEP's low-latency kernels on H800 with CX7 InfiniBand (400 Gb/s), 128
/// tokens a rank, hidden size 7168, top 8, FP8 dispatch, BF16 combine:
/// docs/legacy.md of deepseek-ai/DeepEP, "Low-latency kernels with pure RDMA".
struct PublishedExchange {
  int64_t ep, dispatchMicroseconds, combineMicroseconds;
};
} // namespace
static constexpr PublishedExchange kPublished[] = {
    {8, 77, 114},   {16, 118, 195},  {32, 155, 273},
    {64, 173, 314}, {128, 192, 369}, {256, 194, 360}};

static void checkExchangeTime(const RuleInput &input,
                              const ClaimedLatency &latency,
                              FindingList &findings) {
  const Figure &layers = input.model.model.layers, &ep = input.model.degrees.ep;
  const Figure &domain = input.model.cluster.nvlinkDomain;
  // Inside one NVLink domain the exchange is another, faster one.
  if (input.model.workload.mode != Mode::Decode || !layers || !ep ||
      (domain && *domain >= *ep))
    return;
  const PublishedExchange *published = nullptr;
  for (const PublishedExchange &row : kPublished)
    if (row.ep <= *ep)
      published = &row;
  std::optional<Rational> budget =
      divide(latency.value.high, Rational(*layers));
  if (!published || !budget)
    return;
  int64_t sum =
      published->dispatchMicroseconds + published->combineMicroseconds;
  Rational exchange = *Rational::of(sum, 1000000);
  std::optional<Rational> factor =
      budget->isZero() ? std::nullopt : divide(exchange, *budget);
  if (!factor || factor->compare(1) <= 0)
    return;
  Finding &finding = findings.add(
      "communication-5", Severity::Warning, latency.figure->claim->where,
      "a latency of " + latency.text + " leaves " + shownTime(*budget) +
          " for each of " + counted(*layers, "layer") +
          "; published for dispatch and combine over ep = " +
          llvm::itostr(published->ep) + " are " + shownTime(exchange) + ", " +
          factor->str(1) + " times that");
  finding.expected = "more than " + shownTime(exchange) + " a layer";
  finding.found = shownTime(*budget);
  finding.notes.emplace_back(
      finding.where,
      "DeepEP on H800 over RDMA: 128 tokens a rank, hidden size 7168");
}

void moe::checkBudgets(const RuleInput &input, FindingList &findings) {
  ClaimedFigures claimed(input.statements.claims);
  std::optional<ClaimedLatency> latency =
      ClaimedLatency::of(input.model, claimed);
  if (!latency)
    return;
  checkStatedTimes(input, *latency, findings);
  checkTarget(input, *latency, findings);
  checkExchangeTime(input, *latency, findings);
}
