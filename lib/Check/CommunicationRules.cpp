//===- CommunicationRules.cpp - Claimed times against the traffic ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Amounts.h"
#include "ClaimedLatency.h"
#include "CostMetrics.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"

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
  double half = 0;
  if (std::optional<Rational> width = subtract(value.high, value.nominal))
    if (!width->isZero() && !width->isNegative())
      StringRef(width->str(15)).getAsDouble(half);
  return nominal + half;
}

/// Of a throughput: the tokens of a step or pass over the rate.
static std::optional<ClaimedDuration>
durationOfThroughput(const PlanCost &cost, const ClaimedFigures &claimed) {
  const ClaimedFigure *figure = claimed.find("throughput");
  const cost::Job &job = *cost.legalJob();
  cost::Count tokens =
      job.tokens() * job.degrees.cp * job.degrees.dp * job.microBatches();
  if (!figure || figure->isUpperLimit() || !tokens ||
      !(figure->number.toSI() > 0))
    return std::nullopt;
  double rate = figure->number.toSI();
  Dimension dimension = figure->number.dimension();
  if (dimension == Dimension::TokensPerSecondPerGpu)
    rate *= static_cast<double>(job.degrees.worldSize());
  else if (dimension != Dimension::TokensPerSecond)
    return std::nullopt;
  double seconds = static_cast<double>(*tokens) / rate;
  return ClaimedDuration{seconds, amount(seconds, "s"),
                         amount(seconds, "s") + ", that of " +
                             counted(*tokens, "token") + " at " + figure->str(),
                         figure->claim->where};
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
    return durationOfThroughput(cost, claimed);
  }
  std::optional<ClaimedLatency> latency = ClaimedLatency::of(plan, claimed);
  if (!latency || latency->figure->isLowerLimit())
    return durationOfThroughput(cost, claimed);
  double seconds = 0;
  StringRef(latency->value.nominal.str(15)).getAsDouble(seconds);
  return ClaimedDuration{upperEnd(latency->value, seconds),
                         displayed(latency->value), latency->text,
                         latency->figure->claim->where};
}

/// Traffic that a step may hide behind computation of another one (gradients)
/// is not counted.
static TrafficTotal totalTraffic(const cost::Estimate &estimate,
                                 const cost::Machine &machine) {
  TrafficTotal total;
  for (const cost::StepTraffic &traffic : estimate.traffic) {
    if (traffic.axis == cost::Axis::Data ||
        traffic.axis == cost::Axis::ExpertData)
      continue;
    total.seconds += traffic.time;
    total.exposed += traffic.exposed;
    double network = static_cast<double>(traffic.network.valueOr(0));
    double inside = static_cast<double>(traffic.sent.valueOr(0)) - network;
    total.least += std::max(network / machine.network, inside / machine.nvlink);
    total.text += (total.text.empty() ? "" : ", ") +
                  llvm::itostr(traffic.count) + " " +
                  cost::nameOf(traffic.kind).str() + " over " +
                  cost::nameOf(traffic.axis).str();
  }
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
      "a " + what + " of " + claimed.text + " takes an overlap of " +
          (enough ? percent(needed) : std::string("more than 100 %")) +
          " by estimate, the plan states " + stated->first.str());
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
