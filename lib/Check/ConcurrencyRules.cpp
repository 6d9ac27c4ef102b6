//===- ConcurrencyRules.cpp - Throughput, latency and what is in flight
//-----===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "ClaimedLatency.h"
#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// claim-9 on one claimed throughput: by Little's law, throughput x latency is
/// the number of sequences in flight.
class InFlight {
public:
  InFlight(const PlanModel &plan, const ClaimedFigure &throughput,
           const ClaimedLatency &latency, FindingList &findings)
      : plan(plan), throughput(throughput), latency(latency),
        findings(findings) {}
  void check();

private:
  bool readRate();
  bool readBatch();
  Finding &add(Severity severity, const std::string &message);
  void addUndeclared();
  void addOneLayer();
  void addTooMany();
  std::string product() const;

  const PlanModel &plan;
  const ClaimedFigure &throughput;
  const ClaimedLatency &latency;
  FindingList &findings;
  /// Sequences in each second, and in flight.
  std::optional<ClaimValue> rate, sequences;
  std::string unit; ///< " sequences", " samples"
  /// Sequences of one batch over all replicas, and how it is declared.
  std::optional<int64_t> batch;
  std::string batchText;
};
} // namespace

/// Tokens are counted in sequences; in decode a sequence gives a token a pass.
bool InFlight::readRate() {
  ClaimValue value = throughput.value;
  auto is = [&](Dimension dimension) {
    return value.measure == Measure::of(dimension);
  };
  unit = is(Dimension::SamplesPerSecond) ? "samples" : "sequences";
  if (is(Dimension::TokensPerSecond)) {
    int64_t tokens = 1;
    if (plan.workload.mode != Mode::Decode) {
      if (!plan.workload.sequenceLength)
        return false;
      tokens = *plan.workload.sequenceLength;
    }
    std::optional<ClaimValue> scaled = divide(value, ClaimValue::exact(tokens));
    if (!scaled)
      return false;
    value = *scaled;
  } else if (!is(Dimension::SamplesPerSecond) &&
             !is(Dimension::SequencesPerSecond)) {
    return false;
  }
  rate = ClaimValue{value.low, value.nominal, value.high, {}};
  ClaimValue time = latency.value;
  time.measure = {};
  sequences = multiply(*rate, time);
  return sequences.has_value();
}

/// Whether a batch is declared.
bool InFlight::readBatch() {
  const WorkloadFigures &workload = plan.workload;
  if (workload.mode == Mode::Decode) {
    batch = moe::product({&workload.batch, &plan.degrees.dp});
    if (batch)
      batchText = "batch " + llvm::itostr(*workload.batch) + " on each of " +
                  counted(*plan.degrees.dp, "replica");
  } else if (workload.globalBatch) {
    batch = *workload.globalBatch;
    batchText = "global batch " + llvm::itostr(*batch);
  }
  return batch.has_value();
}

std::string InFlight::product() const {
  return "a throughput of " + throughput.str() + " with a latency of " +
         latency.text + " means " + sequences->nominal.str(1) + " " + unit +
         " in flight";
}

Finding &InFlight::add(Severity severity, const std::string &message) {
  Finding &finding =
      findings.add("claim-9", severity, throughput.claim->where, message);
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
  bool decode = plan.workload.mode == Mode::Decode;
  Finding &finding =
      add(Severity::Note, product() + each + ", and no batch is declared");
  finding.expected = std::string("'workload.") +
                     (decode ? "batch" : "global_batch") + "' of at least " +
                     sequences->low.str(1) +
                     (decode ? " over all replicas" : "");
}

/// The batch over the time of one layer is what is claimed for all layers.
void InFlight::addOneLayer() {
  const Figure &layers = plan.model.layers;
  ClaimValue whole = latency.value;
  whole.measure = {};
  std::optional<Rational> right = divide(Rational(*batch), whole.nominal);
  Finding &finding =
      add(Severity::Error,
          "a throughput of " + throughput.str() + " is that of one layer, " +
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
  // An upper limit of a throughput claims nothing.
  if (throughput.isUpperLimit() || !readRate())
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
      InFlight(input.model, figure, *latency, findings).check();
}
