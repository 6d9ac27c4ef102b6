//===- ConcurrencyRules.cpp - Throughput, latency and what is in flight ---===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "ClaimedLatency.h"
#include "ClaimedThroughput.h"
#include "CostMetrics.h"
#include "Rules.h"
#include "ScalingMetrics.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// claim-9 on one claimed throughput: by Little's law, throughput x latency is
/// the number of sequences in flight.
class InFlight {
public:
  InFlight(const RuleInput &input, const ClaimedFigure &throughput,
           const ClaimedLatency &latency, FindingList &findings)
      : plan(input.model), cost(input.cost), throughput(throughput),
        latency(latency), findings(findings) {}
  void check();

private:
  std::optional<Rational> tokensOfSequence() const;
  bool readRate();
  bool readBatch();
  Finding &add(Severity severity, const std::string &message);
  void addUndeclared();
  void addOneLayer();
  void addTooMany();
  std::string product() const;

  const PlanModel &plan;
  const PlanCost &cost;
  const ClaimedFigure &throughput;
  const ClaimedLatency &latency;
  FindingList &findings;
  /// Sequences in each second, and in flight.
  std::optional<ClaimValue> rate, sequences;
  std::string unit;     ///< "sequences", "samples"
  std::string rateText; ///< the throughput, over all ranks
  /// Sequences of one batch over all replicas, and how it is declared.
  std::optional<int64_t> batch;
  std::string batchText;
};
} // namespace

/// Tokens that a sequence gains in the claimed time. A latency is that of a
/// pass, in which a decoded sequence gains one token and the drafts that are
/// right; without their chance, all may be.
std::optional<Rational> InFlight::tokensOfSequence() const {
  const WorkloadFigures &workload = plan.workload;
  if (workload.mode != Mode::Decode)
    return workload.sequenceLength
               ? std::optional<Rational>(*workload.sequenceLength)
               : std::nullopt;
  if (!workload.draftTokens || latency.figure->metric == "tpot")
    return Rational(1);
  if (!workload.acceptance)
    return moe::add(Rational(*workload.draftTokens), Rational(1));
  return rationalOf(cost.job().tokensPerPass());
}

bool InFlight::readRate() {
  std::optional<ClaimedThroughput> stated =
      ClaimedThroughput::of(plan, throughput);
  if (!stated)
    return false;
  rate = stated->perSecond;
  rateText = stated->text;
  unit = throughput.number.dimension() == Dimension::SamplesPerSecond
             ? "samples"
             : "sequences";
  if (stated->ofTokens) {
    std::optional<Rational> tokens = tokensOfSequence();
    rate = tokens ? divide(*rate, ClaimValue::exact(*tokens)) : std::nullopt;
  }
  ClaimValue time = latency.value;
  time.measure = {};
  sequences = rate ? multiply(*rate, time) : std::nullopt;
  return sequences.has_value();
}

bool InFlight::readBatch() {
  const WorkloadFigures &workload = plan.workload;
  batch = wholeBatch(plan);
  if (batch)
    batchText = workload.isTraining()
                    ? "global batch " + llvm::itostr(*batch)
                    : "batch " + llvm::itostr(*workload.batch) +
                          " on each of " + counted(*plan.degrees.dp, "replica");
  return batch.has_value();
}

std::string InFlight::product() const {
  return "a throughput of " + rateText + " with a latency of " + latency.text +
         " means " + sequences->nominal.str(1) + " " + unit + " in flight";
}

Finding &InFlight::add(Severity severity, const std::string &message) {
  Finding &finding =
      findings.add("claim-9", severity, throughput.claim->where, message);
  finding.subject = throughput.claim->id;
  finding.found = sequences->nominal.str(1) + " " + unit + " in flight";
  if (latency.figure->claim != throughput.claim)
    finding.notes.emplace_back(latency.figure->claim->where,
                               "the latency is claimed here");
  return finding;
}

void InFlight::addUndeclared() {
  const Figure &world = plan.cluster.worldSize;
  std::string each;
  if (world)
    if (std::optional<Rational> share =
            divide(sequences->nominal, Rational(*world)))
      each = ", " + share->str(2) + " for each of " + counted(*world, "rank");
  bool training = plan.workload.isTraining();
  Finding &finding =
      add(Severity::Note, product() + each + ", and no batch is declared");
  finding.expected = std::string("'workload.") +
                     (training ? "global_batch" : "batch") + "' of at least " +
                     sequences->low.str(1) +
                     (training ? "" : " over all replicas");
}

/// The batch over the time of one layer is what is claimed for all layers.
void InFlight::addOneLayer() {
  const Figure &layers = plan.model.layers;
  ClaimValue whole = latency.value;
  whole.measure = {};
  std::optional<Rational> right = divide(Rational(*batch), whole.nominal);
  Finding &finding =
      add(Severity::Error,
          "a throughput of " + rateText + " is that of one layer, " +
              batchText + " / " + latency.figure->str() + "; through " +
              counted(*layers, "layer") + " it is " +
              (right ? right->str(1) : "less") + " " + unit + "/s");
  if (right)
    finding.expected = right->str(1) + " " + unit + "/s";
  finding.found = throughput.text;
}

void InFlight::addTooMany() {
  std::optional<Rational> batches =
      divide(sequences->nominal, Rational(*batch));
  std::string times = batches ? batches->str(2) : "more than 1";
  const Figure &pp = plan.degrees.pp;
  // Stages of a pipeline may each work on another batch.
  std::optional<int64_t> most = moe::times(*batch, *pp);
  bool pipelined = *pp > 1 && most && sequences->low.compare(*most) <= 0;
  std::optional<Rational> needed = divide(Rational(*batch), rate->nominal);
  std::string message =
      product() + ", which is " + times + " times the " + batchText;
  if (pipelined)
    message += "; with pp = " + llvm::itostr(*pp) +
               " that is possible, but not declared";
  Finding &finding =
      add(pipelined ? Severity::Warning : Severity::Error, message);
  finding.expected = llvm::itostr(*batch) + " " + unit + " in flight";
  if (needed)
    finding.expected +=
        ", or a latency of " +
        displayed(ClaimValue::exact(*needed, Measure::of(Dimension::Seconds)));
}

void InFlight::check() {
  if (!readRate())
    return;
  if (!readBatch())
    return addUndeclared();
  if (sequences->low.compare(*batch) <= 0)
    return;
  if (latency.ofLayer) {
    ClaimValue layer = *latency.ofLayer;
    layer.measure = {};
    std::optional<ClaimValue> ofOne = multiply(*rate, layer);
    if (ofOne && ofOne->low.compare(*batch) <= 0 &&
        ofOne->high.compare(*batch) >= 0)
      return addOneLayer();
  }
  addTooMany();
}

void moe::checkConcurrency(const RuleInput &input, FindingList &findings) {
  ClaimedFigures claimed(input.statements.claims);
  std::optional<ClaimedLatency> latency =
      ClaimedLatency::of(input.model, claimed);
  // Less time than a limit means fewer sequences than can be told.
  if (!latency || latency->figure->isUpperLimit())
    return;
  for (const ClaimedFigure &figure : claimed.all())
    if (figure.metric == "throughput")
      InFlight(input, figure, *latency, findings).check();
}
