//===- LoadRules.cpp - Recorded loads on ranks ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Amounts.h"
#include "Arithmetic.h"
#include "ImbalancePolicy.h"
#include "Rules.h"
#include "moe/Analysis/ExpertSlots.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// balance-6: recorded loads are those of the layers.
static void checkRecordings(const PlanModel &plan, FindingList &findings) {
  for (const RecordedTokens &recorded : plan.distribution.recorded)
    for (const LayerRun &run : plan.model.runs) {
      if (run.name != recorded.layers)
        continue;
      auto tokens = readTokens(recorded, run);
      auto *fault = std::get_if<std::string>(&tokens);
      if (!fault)
        continue;
      Finding &finding =
          findings.add("balance-6", Severity::Error, recorded.where,
                       "the load of @" + run.name + " " + *fault);
      finding.expected =
          counted(run.size(), "layer") +
          (run.experts ? " of " + counted(*run.experts, "expert") : "");
      finding.found = *fault;
      finding.notes.emplace_back(run.where, "the layers are declared here");
    }
}

//===----------------------------------------------------------------------===//
// balance-7: ranks get equal load
//===----------------------------------------------------------------------===//

/// Seconds of a step that are there because some ranks get more than others;
/// nothing where there is no estimate.
static std::optional<double> secondsLost(const RuleInput &input) {
  const cost::Estimate *estimate = input.cost.timed();
  if (!estimate)
    return std::nullopt;
  cost::Job balanced = *input.cost.legalJob();
  for (auto [run, shape] :
       llvm::zip_equal(input.model.model.runs, balanced.model.runs))
    if (input.cost.loads().find(run.name))
      shape.skew = cost::LoadSkew();
  cost::Workspace workspace;
  cost::Estimate result;
  estimateJob(std::move(balanced), workspace, result);
  return estimate->step.total() - result.step.total();
}

/// ", which costs 42 ms of a step of 810 ms".
static std::string costOf(const RuleInput &input) {
  std::optional<double> lost = secondsLost(input);
  if (!lost)
    return "";
  double whole = input.cost.timed()->step.total();
  // Less than what is printed of the whole is nothing.
  return ", which costs " +
         (*lost < 1e-4 * whole ? "nothing" : amount(*lost, "s")) +
         (input.model.workload.isTraining() ? " of a step of "
                                            : " of a pass of ") +
         amount(whole, "s");
}

/// "the busiest rank gets 1.31 times the mean load in layer 12".
static std::string describeWorst(const RecordedLoads &loads) {
  const RunLoad &worst = *loads.worst();
  std::string text = "the busiest rank gets " +
                     toDecimals(worst.worst.maxOverMean) + " times the mean";
  bool several = loads.runs.size() > 1 || worst.recorded > 1;
  if (!several || worst.shared)
    return text;
  return text + " in layer " + llvm::itostr(worst.worstLayer) + ", " +
         toDecimals(loads.mean()) + " times over all recorded layers";
}

/// Bytes of a rank that more slots take; nothing where there is no estimate.
static std::optional<double> bytesOfSlots(const RuleInput &input,
                                          int64_t slots) {
  const cost::Estimate *estimate = input.cost.memory();
  if (!estimate)
    return std::nullopt;
  cost::Job larger = *input.cost.legalJob();
  for (cost::LayerShape &shape : larger.model.runs)
    if (shape.sparse)
      shape.slotsPerRank = slots;
  cost::Workspace workspace;
  cost::Estimate result;
  estimateJob(std::move(larger), workspace, result);
  cost::Count more = result.deviceMemory() - estimate->deviceMemory();
  return more ? std::optional(static_cast<double>(*more)) : std::nullopt;
}

/// From E + G - 1 slots on a placement by load is exact, where copies get the
/// shares they need (docs/balancing.md).
static void proposeExactSlots(const RuleInput &input, const LayerRun &run,
                              bool balanced, Finding &finding) {
  const Figure &ep = input.model.degrees.ep;
  std::optional<int64_t> held = slotsPerRank(input.model, run);
  if (input.model.distribution.dispatch != DispatchRule::Weighted || !held ||
      !run.experts)
    return;
  int64_t slots = ceilDiv(*run.experts + *ep - 1, *ep);
  if (slots <= *held || slots > *run.experts)
    return;
  std::optional<double> more = bytesOfSlots(input, slots);
  std::string why = llvm::itostr(slots * *ep) + " slots, at least " +
                    llvm::itostr(*run.experts) + " + " + llvm::itostr(*ep) +
                    " - 1, give every rank exactly the mean" +
                    (more ? "; " + amount(*more, "B") + " more on a rank" : "");
  if (balanced)
    finding.fixes.push_back(
        {"experts.slots_per_rank", llvm::itostr(slots), why});
  else
    finding.notes.emplace_back(finding.where,
                               "placed by load, " + llvm::itostr(slots) +
                                   " slots a rank leave nothing: " + why);
}

/// What a placement by load would reach, as half a sentence and as a fix;
/// `worst` where it would reach no less. Where even the lower bound breaks the
/// policy nothing is searched: a placement takes seconds for hundreds of ranks.
static double proposePlacement(const RuleInput &input, double worst,
                               Finding &finding) {
  std::optional<double> bound = boundOfLoad(input.model, input.cost.loads());
  constexpr double noGain = 0.0005;
  if (bound && ImbalancePolicy::ofLoad(input.statements).breaks(*bound)) {
    bool gains = *bound < worst - noGain;
    finding.message += "; no placement in these slots is below " +
                       toDecimals(std::min(*bound, worst)) +
                       (gains ? ", which `moec balance` aims at" : "");
    return std::min(*bound, worst);
  }
  auto reached =
      reachableLoad(input.model, input.cost.loads(), input.cost.placements());
  if (!reached)
    return worst;
  if (reached->maxOverMean > worst - noGain) {
    finding.message += "; no placement in these slots is below " +
                       toDecimals(std::min(reached->bound, worst));
    return worst;
  }
  std::string value = toDecimals(reached->maxOverMean);
  finding.message += "; `moec balance` reaches " + value;
  finding.fixes.push_back(
      {"experts.placement", "\"balanced\"",
       "places the experts by load: " + value + " in the worst layer"});
  return reached->maxOverMean;
}

static void checkRankLoads(const RuleInput &input, FindingList &findings) {
  const RecordedLoads &loads = input.cost.loads();
  const RunLoad *worst = loads.worst();
  ImbalancePolicy policy = ImbalancePolicy::ofLoad(input.statements);
  if (!worst || !policy.breaks(worst->worst.maxOverMean))
    return;
  Finding &finding = findings.add("balance-7", Severity::Warning,
                                  input.model.distribution.where,
                                  describeWorst(loads) + costOf(input));
  finding.expected = policy.limit();
  finding.found = policy.show(worst->worst.maxOverMean);
  finding.notes.emplace_back(
      worst->where, "rank " + llvm::itostr(worst->worst.rank) +
                        " of the expert-parallel ranks, which serves most "
                        "tokens of expert " +
                        llvm::itostr(worst->worst.expert));
  if (input.trial)
    return;
  double reached = proposePlacement(input, worst->worst.maxOverMean, finding);
  if (!policy.breaks(reached))
    return;
  for (const LayerRun &run : input.model.model.runs)
    if (run.name == worst->run)
      proposeExactSlots(input, run, worst->balanced, finding);
}

void moe::checkLoads(const RuleInput &input, FindingList &findings) {
  checkRecordings(input.model, findings);
  checkRankLoads(input, findings);
}
