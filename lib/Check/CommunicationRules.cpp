//===- CommunicationRules.cpp - Claimed times against the traffic ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Amounts.h"
#include "ClaimedLatency.h"
#include "ClaimedThroughput.h"
#include "CostMetrics.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;

namespace {
/// The time a plan claims for what an estimate covers: a training step or one
/// pass of serving.
struct ClaimedDuration {
  double seconds = 0; ///< the longest that the claim allows
  std::string stated; ///< "2 ms"
  std::string text;   ///< "2 ms (claim 'a')"
  Location where;
};

/// Traffic of a step or pass on the busiest stage.
struct TrafficTotal {
  double seconds = 0; ///< estimated
  double exposed = 0; ///< of them, what nothing hides
  double least = 0;   ///< bytes at the full speed of their links
  std::string text;   ///< "32 all_to_all over ep"
};
} // namespace

/// Seconds as an upper end: a limit itself, or the number and half its last
/// digit.
static double upperEnd(const ClaimValue &value, double nominal) {
  std::optional<Rational> width = subtract(value.high, value.nominal);
  bool wider = width && !width->isZero() && !width->isNegative();
  return wider ? nominal + asReal(*width) : nominal;
}

/// The time of a step or pass in which a claimed throughput is reached.
static std::optional<ClaimedDuration>
durationOfThroughput(const PlanModel &plan, const PlanCost &cost,
                     const ClaimedFigures &claimed) {
  std::optional<ClaimedThroughput> rate = ClaimedThroughput::of(plan, claimed);
  bool decode = plan.workload.mode == Mode::Decode;
  // A sequence is done after many passes of decode.
  if (rate && (rate->ofTokens || !decode))
    rate = rate->inTokens(plan);
  else
    rate.reset();
  const cost::Job &job = *cost.legalJob();
  cost::Count tokens =
      job.tokens() * job.degrees.cp * job.degrees.dp * job.microBatches();
  if (!rate || !tokens || rate->perSecond.mayBeZero())
    return std::nullopt;
  // Some of the drafted tokens are wrong.
  double gained = static_cast<double>(*tokens);
  if (decode)
    gained *=
        job.tokensPerPass() / static_cast<double>(1 + job.workload.draftTokens);
  double seconds = gained / asReal(rate->perSecond.nominal);
  return ClaimedDuration{seconds, amount(seconds, "s"),
                         amount(seconds, "s") + ", that of " +
                             counted(std::llround(gained), "token") + " at " +
                             rate->figure->str(),
                         rate->figure->claim->where};
}

static std::optional<ClaimedDuration>
claimedDuration(const PlanModel &plan, const PlanCost &cost,
                const ClaimedFigures &claimed) {
  if (plan.workload.isTraining()) {
    const ClaimedFigure *step = claimed.find("step_time");
    if (step && !step->isLowerLimit() &&
        step->number.dimension() == Dimension::Seconds)
      return ClaimedDuration{upperEnd(step->value, step->number.toSI()),
                             step->text, step->str(), step->claim->where};
    return durationOfThroughput(plan, cost, claimed);
  }
  std::optional<ClaimedLatency> latency = ClaimedLatency::of(plan, claimed);
  if (!latency || latency->figure->isLowerLimit())
    return durationOfThroughput(plan, cost, claimed);
  return ClaimedDuration{
      upperEnd(latency->value, asReal(latency->value.nominal)),
      displayed(latency->value), latency->text, latency->figure->claim->where};
}

/// Traffic that a step may hide behind computation of another one (gradients)
/// is not counted.
static TrafficTotal totalTraffic(const cost::Estimate &estimate,
                                 const cost::Machine &machine) {
  TrafficTotal total;
  double network = 0, inside = 0;
  for (const cost::StepTraffic &traffic : estimate.traffic) {
    if (traffic.axis == cost::Axis::Data ||
        traffic.axis == cost::Axis::ExpertData)
      continue;
    total.seconds += traffic.time;
    total.exposed += traffic.exposed;
    double outside = static_cast<double>(traffic.network.valueOr(0));
    network += outside;
    inside += static_cast<double>(traffic.sent.valueOr(0)) - outside;
    total.text += (total.text.empty() ? "" : ", ") +
                  llvm::itostr(traffic.count) + " " +
                  cost::nameOf(traffic.kind).str() + " over " +
                  cost::nameOf(traffic.axis).str();
  }
  // One kind of link may work beside the other, but not beside itself.
  total.least = std::max(network / machine.network, inside / machine.nvlink);
  return total;
}

//===----------------------------------------------------------------------===//
// communication-6: a claimed time has room for the communication
//===----------------------------------------------------------------------===//

static void checkRoom(const PlanModel &plan, const ClaimedDuration &claimed,
                      const TrafficTotal &traffic, double errorLow,
                      FindingList &findings) {
  bool impossible = claimed.seconds < traffic.least;
  // What is hidden counts too: a link carries one message after the other.
  double estimated = traffic.seconds * errorLow;
  if (!impossible && claimed.seconds >= estimated)
    return;
  std::string what = plan.workload.isTraining() ? "step" : "pass";
  Finding &finding = findings.add(
      "communication-6", impossible ? Severity::Error : Severity::Warning,
      claimed.where,
      "a " + what + " of " + claimed.text +
          " is shorter than its communication "
          "alone: " +
          (impossible
               ? amount(traffic.least, "s") + " at the full speed of the links"
               : amount(traffic.seconds, "s") + " by estimate, at least " +
                     amount(estimated, "s")));
  finding.expected =
      "more than " + amount(impossible ? traffic.least : estimated, "s");
  finding.found = claimed.stated;
  finding.notes.emplace_back(finding.where, traffic.text);
}

//===----------------------------------------------------------------------===//
// communication-7: the overlap that is needed is declared
//===----------------------------------------------------------------------===//

static void checkOverlap(const RuleInput &input, const ClaimedDuration &claimed,
                         const TrafficTotal &traffic, FindingList &findings) {
  const cost::Estimate &estimate = *input.cost.timed();
  const auto &stated = input.statements.overlap;
  if (!stated || !(traffic.seconds > 0))
    return;
  double declared = stated->first.toSI();
  // With nothing hidden, at the short end of what the estimate allows.
  double bare = estimate.step.total() - traffic.exposed + traffic.seconds;
  double needed = (bare - claimed.seconds) / traffic.seconds;
  double atLeast = (bare * estimate.errorLow - claimed.seconds) /
                   (traffic.seconds * estimate.errorLow);
  if (atLeast <= declared)
    return;
  bool enough = needed <= 1;
  std::string what = input.model.workload.isTraining() ? "step" : "pass";
  Finding &finding = findings.add(
      "communication-7", Severity::Warning, stated->second,
      enough ? "a " + what + " of " + claimed.text + " takes an overlap of " +
                   percent(needed) + " by estimate, the plan states " +
                   stated->first.str()
             : "no overlap makes a " + what + " of " + claimed.text +
                   ": without any communication it is " +
                   amount(bare - traffic.seconds, "s") + " by estimate");
  finding.expected = enough ? "at least " + percent(needed)
                            : "a " + what + " of at least " +
                                  amount(bare - traffic.seconds, "s");
  finding.found = stated->first.str();
  finding.notes.emplace_back(claimed.where,
                             "without overlap it is " + amount(bare, "s") +
                                 ", of which " + amount(traffic.seconds, "s") +
                                 " of communication: " + traffic.text);
}

void moe::checkCommunication(const RuleInput &input, FindingList &findings) {
  const cost::Estimate *estimate = input.cost.timed();
  if (!estimate)
    return;
  ClaimedFigures figures(input.statements.claims);
  std::optional<ClaimedDuration> claimed =
      claimedDuration(input.model, input.cost, figures);
  if (!claimed)
    return;
  TrafficTotal traffic =
      totalTraffic(*estimate, input.cost.legalJob()->machine);
  checkRoom(input.model, *claimed, traffic, estimate->errorLow, findings);
  checkOverlap(input, *claimed, traffic, findings);
}
