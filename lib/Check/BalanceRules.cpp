//===- BalanceRules.cpp - Experts per rank --------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "ExpertCounts.h"
#include "ImbalancePolicy.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;

/// Slots as many as the experts need, the same on each rank.
static void proposeSlots(int64_t experts, int64_t ep, Finding &finding) {
  std::optional<int64_t> slots = times(ceilDiv(experts, ep), ep);
  if (!slots)
    return;
  finding.fixes.push_back({"experts.slots_per_rank", llvm::itostr(*slots / ep),
                           counted(*slots, "slot") + ", " +
                               counted(*slots - experts, "redundant replica") +
                               ", the trained model unchanged"});
}

/// Whether the author states an uneven split that holds every expert: then it
/// is meant.
static bool statesUnevenSplit(const RuleInput &input, int64_t experts) {
  const auto &stated = input.statements.expertCounts;
  const Figure &ep = input.model.degrees.ep;
  return stated && static_cast<int64_t>(stated->counts.size()) == *ep &&
         ExpertCounts::of(stated->counts) ==
             ExpertCounts::evenSplit(experts, *ep);
}

/// experts-2: the experts of a layer divide over the expert-parallel ranks.
static void checkDivision(const RuleInput &input, const LayerRun &run,
                          FindingList &findings) {
  const Figure &ep = input.model.degrees.ep;
  int64_t experts = *run.experts;
  if (!ep || experts % *ep == 0 || input.model.distribution.slotsPerRank)
    return;
  bool meant = !input.model.framework && statesUnevenSplit(input, experts);
  Finding &finding = findings.add(
      "experts-2", meant ? Severity::Warning : Severity::Error, ep.where,
      counted(experts, "expert") +
          " do not divide over ep = " + llvm::itostr(*ep) + ": " +
          quotient(experts, *ep) + " on each rank, and experts are whole");
  finding.expected = "a divisor of " + llvm::itostr(experts);
  finding.found = "ep = " + llvm::itostr(*ep);
  finding.notes.emplace_back(run.where, counted(experts, "expert") + " here");
  int64_t up = ceilDiv(experts, *ep), down = experts / *ep;
  if (std::optional<int64_t> more = times(up, *ep))
    finding.notes.emplace_back(
        run.where,
        (down > 0 ? llvm::itostr(down * *ep) + " or " : "") +
            llvm::itostr(*more) +
            " experts would divide, but that is another trained model; " +
            llvm::itostr(*more) + " slots leave this one as it is");
  proposeSlots(experts, *ep, finding);
  for (int64_t value : divisorsNear(experts, *ep, 4))
    if (value > 1)
      finding.fixes.push_back(
          {"parallelism.ep", llvm::itostr(value),
           counted(experts / value, "expert") + " on each rank"});
}

/// balance-4: the slots hold every expert; placement-1: none twice on a rank.
static void checkSlots(const PlanModel &plan, const LayerRun &run,
                       FindingList &findings) {
  const Figure &slots = plan.distribution.slotsPerRank, &ep = plan.degrees.ep;
  if (!slots || !ep)
    return;
  if (*slots > *run.experts) {
    Finding &finding = findings.add(
        "placement-1", Severity::Error, slots.where,
        "slots_per_rank = " + llvm::itostr(*slots) + " for " +
            counted(*run.experts, "expert") +
            " gives a rank some of them twice, which balances nothing");
    finding.expected = "at most " + llvm::itostr(*run.experts);
    finding.found = llvm::itostr(*slots);
    proposeSlots(*run.experts, *ep, finding);
    return;
  }
  std::optional<int64_t> total = times(*slots, *ep);
  if (!total || *total >= *run.experts)
    return;
  Finding &finding =
      findings.add("balance-4", Severity::Error, slots.where,
                   "ep x slots_per_rank = " + llvm::itostr(*ep) + " x " +
                       llvm::itostr(*slots) + " = " + counted(*total, "slot") +
                       " cannot hold " + counted(*run.experts, "expert"));
  finding.expected = "at least " + llvm::itostr(*run.experts);
  finding.found = llvm::itostr(*total);
  finding.notes.emplace_back(run.where,
                             counted(*run.experts, "expert") + " here");
  proposeSlots(*run.experts, *ep, finding);
}

/// balance-1: ranks hold equally many experts.
static void checkCounts(const RuleInput &input, FindingList &findings) {
  std::optional<ExpertCounts> counts = ExpertCounts::implied(input.model);
  if (!counts || counts->isEven())
    return;
  ImbalancePolicy policy = ImbalancePolicy::ofLoad(input.statements);
  bool breach = policy.breaks(counts->maxOverMean());
  std::string sample =
      counts->sampleVariance()
          ? ", " + toDecimals(*counts->sampleVariance()) + " (sample)"
          : "";
  Finding &finding = findings.add(
      "balance-1", breach ? Severity::Warning : Severity::Note,
      input.model.degrees.ep.where,
      "experts per rank are " + counts->str() + ": max/mean " +
          policy.show(counts->maxOverMean()) + ", variance " +
          toDecimals(counts->populationVariance()) + " (population)" + sample);
  finding.expected = policy.limit();
  finding.found = policy.show(counts->maxOverMean());
  if (input.model.distribution.recorded.empty())
    finding.notes.emplace_back(finding.where,
                               "equal counts are not yet equal load: that "
                               "needs recorded loads ('experts.loads')");
  if (breach)
    finding.consequenceOf = "experts-2";
}

/// `2, 3 ~> "halves", "thirds"`.
static std::string partsName(int64_t parts) {
  if (parts == 2)
    return "halves";
  if (parts == 3)
    return "thirds";
  if (parts == 4)
    return "quarters";
  return "pieces of 1/" + llvm::itostr(parts);
}

/// balance-2: tensor parallelism inside experts leaves parts of experts.
static void checkFractions(const PlanModel &plan, const LayerRun &run,
                           FindingList &findings) {
  const Figure &etp = plan.degrees.etp, &ep = plan.degrees.ep;
  std::optional<int64_t> places = times(*etp, *ep);
  // Without expert parallelism every rank holds a part of every expert, as
  // with any other weight.
  if (*etp == 1 || *ep == 1 || *run.experts % *ep != 0 || !places ||
      plan.distribution.slotsPerRank)
    return;
  int64_t perLayer = *run.experts / *ep;
  int64_t layers = 0;
  for (const LayerRun &other : plan.model.runs)
    layers += other.sparse ? other.size() : 0;
  std::string message = "with etp = " + llvm::itostr(*etp) +
                        " each rank holds 1/" + llvm::itostr(*etp) + " of " +
                        counted(perLayer, "expert") + " per layer, " +
                        llvm::itostr(*run.experts) + " / (" +
                        llvm::itostr(*ep) + " x " + llvm::itostr(*etp) +
                        ") = " + ratio(*run.experts, *places) + " experts";
  std::optional<int64_t> pieces = times(perLayer, layers);
  if (layers > 0 && *plan.degrees.pp == 1 && pieces)
    message += "; " + llvm::itostr(*pieces) + " " + partsName(*etp) + " = " +
               ratio(*pieces, *etp) + " expert-equivalents over " +
               counted(layers, "layer");
  Finding &finding =
      findings.add("balance-2", Severity::Note, etp.where, message);
  finding.found = ratio(*run.experts, *places);
  finding.notes.emplace_back(etp.where, "etp = " + llvm::itostr(*etp) + " (" +
                                            etp.source + ")");
}

//===----------------------------------------------------------------------===//
// balance-3: stated counts
//===----------------------------------------------------------------------===//

/// "1 on each of 128 ranks", or the counts.
static std::string countsText(const StatedExpertCounts &stated) {
  constexpr size_t mostListed = 8;
  ExpertCounts counts = ExpertCounts::of(stated.counts);
  if (stated.counts.size() > mostListed)
    return counts.isEven() ? llvm::itostr(counts.max()) + " on each of " +
                                 counted(stated.counts.size(), "rank")
                           : counts.str();
  std::string text;
  for (int64_t count : stated.counts)
    text += (text.empty() ? "" : ", ") + llvm::itostr(count);
  return text;
}

static Finding &addStatedCounts(FindingList &findings,
                                const StatedExpertCounts &stated,
                                std::string message, std::string expected) {
  Finding &finding = findings.add("balance-3", Severity::Error, stated.where,
                                  std::move(message));
  finding.expected = std::move(expected);
  finding.found = countsText(stated);
  return finding;
}

/// Each entry is a rank of the job, or of one expert-parallel group.
static void compareCounts(const PlanModel &plan, const LayerRun &run,
                          const StatedExpertCounts &stated,
                          FindingList &findings) {
  const Figure &ep = plan.degrees.ep, &etp = plan.degrees.etp;
  std::optional<ExpertCounts> implied = ExpertCounts::implied(plan);
  ExpertCounts counts = ExpertCounts::of(stated.counts);
  bool perGroup = static_cast<int64_t>(stated.counts.size()) == *ep;
  if (!implied)
    return;
  if (!perGroup && *etp > 1) {
    std::optional<int64_t> places = times(*ep, *etp);
    // Parts may add up to the stated number of whole experts.
    double share = static_cast<double>(*run.experts) / *ep / *etp;
    if (places && !(counts.isEven() && std::abs(counts.mean() - share) < 1e-9))
      addStatedCounts(findings, stated,
                      "experts per rank are stated as " + countsText(stated) +
                          ", but with etp = " + llvm::itostr(*etp) +
                          " each rank holds " + ratio(*run.experts, *places) +
                          " experts per layer",
                      ratio(*run.experts, *places) + " on each rank")
          .notes.emplace_back(etp.where, "etp = " + llvm::itostr(*etp) + " (" +
                                             etp.source + ")");
    return;
  }
  int64_t groups = static_cast<int64_t>(stated.counts.size()) / *ep;
  if (!(counts == implied->repeated(groups)))
    addStatedCounts(findings, stated,
                    "experts per rank are stated as " + countsText(stated) +
                        ", but " + counted(*run.experts, "expert") +
                        " over ep = " + llvm::itostr(*ep) + " give " +
                        implied->str(),
                    implied->str());
}

static void checkStatedCounts(const PlanModel &plan, const LayerRun &run,
                              const StatedExpertCounts &stated,
                              FindingList &findings) {
  const Figure &ep = plan.degrees.ep, &world = plan.cluster.worldSize;
  int64_t entries = stated.counts.size();
  int64_t slots = ExpertCounts::of(stated.counts).total();
  std::string spread = "ep = " + llvm::itostr(*ep) + " spreads them over " +
                       counted(*ep, "rank");
  if (slots < *run.experts) {
    addStatedCounts(findings, stated,
                    "the stated " + countsText(stated) + " make " +
                        counted(slots, "expert slot") + ", which cannot hold " +
                        counted(*run.experts, "expert"),
                    "at least " + llvm::itostr(*run.experts))
        .notes.emplace_back(ep.where, spread);
    return;
  }
  if (entries == *ep || (world && entries == *world))
    return compareCounts(plan, run, stated, findings);
  addStatedCounts(findings, stated,
                  "experts are stated on " + counted(entries, "rank") +
                      ", but " + spread,
                  counted(*ep, "rank"));
}

void moe::checkBalance(const RuleInput &input, FindingList &findings) {
  const PlanModel &plan = input.model;
  llvm::SmallVector<int64_t, 2> seen;
  for (const LayerRun &run : plan.model.runs) {
    if (!run.experts || llvm::is_contained(seen, *run.experts))
      continue;
    seen.push_back(*run.experts);
    checkDivision(input, run, findings);
    checkSlots(plan, run, findings);
    if (!findings.has("mesh-1") && !findings.has("mesh-5"))
      checkFractions(plan, run, findings);
    if (input.statements.expertCounts)
      checkStatedCounts(plan, run, *input.statements.expertCounts, findings);
  }
  checkCounts(input, findings);
}
