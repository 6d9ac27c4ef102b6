//===- TimeMetrics.cpp - FLOPs, time and traffic as metrics ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Amounts.h"
#include "CostMetrics.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;
using cost::Count;

std::optional<Rational> moe::rationalOf(double value) {
  if (!std::isfinite(value) || std::fabs(value) >= 1e24)
    return std::nullopt;
  int64_t scale = std::fabs(value) < 1e6 ? 1000000000000 : 1000;
  long double digits = std::round(static_cast<long double>(value) *
                                  static_cast<long double>(scale));
  return Rational::of(static_cast<Int128>(digits), scale);
}

double moe::asReal(const Rational &number) {
  double value = 0;
  StringRef(number.str(15)).getAsDouble(value);
  return value;
}

std::optional<ClaimValue> moe::between(double low, double value, double high,
                                       const Measure &measure) {
  std::optional<Rational> least = rationalOf(value * low),
                          nominal = rationalOf(value),
                          most = rationalOf(value * high);
  if (!least || !nominal || !most)
    return std::nullopt;
  return ClaimValue{*least, *nominal, *most, measure};
}

std::optional<ClaimValue> moe::withError(double value, double error,
                                         const Measure &measure) {
  return between(1 - error, value, 1 + error, measure);
}

MetricAnswer moe::withoutCount() {
  MetricAnswer answer;
  answer.missing = {"a count below 2^63"};
  return answer;
}

MetricAnswer moe::withoutEstimate(const PlanCost &cost, bool memoryAlone) {
  MetricAnswer answer;
  for (const MissingFigure &figure : cost.missing())
    if (!memoryAlone || !isNeededForTimeAlone(figure))
      answer.missing.push_back(figure.name);
  if (answer.missing.empty())
    answer.missing.push_back("an estimate (" +
                             (cost.obstacle().empty()
                                  ? "times exceed what can be counted"
                                  : cost.obstacle()) +
                             ")");
  return answer;
}

//===----------------------------------------------------------------------===//
// Time
//===----------------------------------------------------------------------===//

/// What a step or pass takes, largest part first.
static std::string describeStep(const cost::StepTime &step) {
  std::pair<double, StringRef> parts[] = {
      {step.compute, "computation"},
      {step.expertTraffic, "exchange of tokens"},
      {step.tensorTraffic, "tensor-parallel traffic"},
      {step.otherTraffic, "other traffic"},
      {step.host, "launches"},
      {step.bubble, "pipeline"},
      {step.gradients, "gradients"},
      {step.optimizer, "optimizer"},
      {step.fixed, "fixed"}};
  llvm::stable_sort(
      parts, [](const auto &a, const auto &b) { return a.first > b.first; });
  std::string text;
  for (const auto &[seconds, name] : parts)
    if (seconds > 0)
      text +=
          (text.empty() ? "" : " + ") + name.str() + " " + amount(seconds, "s");
  return text;
}

/// `0.8312 ~> 0.831`.
static std::string ratioText(double factor) {
  std::optional<Rational> text = rationalOf(factor);
  return text ? text->str(3) : "";
}

/// An answer with the error bar of times.
static MetricAnswer answerWithin(double low, double value, double high,
                                 Measure measure, std::string derivation) {
  MetricAnswer answer;
  answer.value = between(low, value, high, measure);
  answer.derivation = std::move(derivation) + "; 8 of 10 runs are within " +
                      ratioText(low) + " to " + ratioText(high) + " times that";
  if (!answer.value)
    answer.missing = {"a time that can be counted"};
  return answer;
}

static MetricAnswer timed(const PlanCost &cost, double seconds, Measure measure,
                          std::string derivation) {
  const cost::Estimate &estimate = *cost.timed();
  return answerWithin(estimate.errorLow, seconds, estimate.errorHigh, measure,
                      std::move(derivation));
}

/// What is done in a time: more where the time is shorter.
static MetricAnswer rated(const PlanCost &cost, double rate, Measure measure,
                          std::string derivation) {
  const cost::Estimate &estimate = *cost.timed();
  return answerWithin(1 / estimate.errorHigh, rate, 1 / estimate.errorLow,
                      measure, std::move(derivation));
}

/// The metric belongs to plans of another mode.
static MetricAnswer otherMode(const PlanModel &plan, StringRef modes) {
  MetricAnswer answer;
  answer.missing = {plan.workload.mode ? "workload.mode = " + modes.str()
                                       : "workload.mode"};
  return answer;
}

/// Seconds of a pass through all stages, or of a training step.
static std::optional<MetricAnswer>
durationMetric(const PlanModel &plan, const PlanCost &cost, StringRef name) {
  std::optional<Mode> mode = plan.workload.mode;
  struct Row {
    StringRef name;
    bool holds;
    StringRef modes;
  };
  bool serving = mode && *mode != Mode::Train;
  const Row rows[] = {{"step_time", mode == Mode::Train, "train"},
                      {"latency", serving, "prefill or decode"},
                      {"layer_latency", serving, "prefill or decode"},
                      {"ttft", mode == Mode::Prefill, "prefill"},
                      {"tpot", mode == Mode::Decode, "decode"}};
  const Row *row =
      llvm::find_if(rows, [&](const Row &each) { return each.name == name; });
  if (row == std::end(rows))
    return std::nullopt;
  if (!row->holds)
    return otherMode(plan, row->modes);
  const cost::Estimate *estimate = cost.timed();
  if (!estimate)
    return withoutEstimate(cost, /*memoryAlone=*/false);
  double seconds = estimate->step.total();
  std::string derivation = describeStep(estimate->step);
  const cost::Job &job = *cost.legalJob();
  if (name == "tpot" && job.workload.draftTokens > 0) {
    seconds /= job.tokensPerPass();
    derivation = "(" + derivation + ") / " + ratioText(job.tokensPerPass()) +
                 " tokens a pass";
  }
  if (name == "layer_latency") {
    seconds /= static_cast<double>(*plan.model.layers);
    derivation =
        "(" + derivation + ") / " + counted(*plan.model.layers, "layer");
  }
  return timed(cost, seconds, Measure::of(Dimension::Seconds), derivation);
}

//===----------------------------------------------------------------------===//
// Rates
//===----------------------------------------------------------------------===//

/// The value divided, for claims that count in other units.
static void offerIn(MetricAnswer &answer, int64_t divisor,
                    Dimension dimension) {
  if (!answer.value)
    return;
  std::optional<ClaimValue> other =
      divide(*answer.value, ClaimValue::exact(divisor));
  if (!other)
    return;
  other->measure = Measure::of(dimension);
  answer.alternatives.push_back(*other);
}

/// Tokens a second of all ranks.
static MetricAnswer throughput(const PlanCost &cost,
                               const std::string &perToken) {
  const cost::Job &job = *cost.legalJob();
  int64_t ranks = job.degrees.worldSize();
  MetricAnswer answer = rated(
      cost, cost.timed()->tokensPerSecondPerGpu * static_cast<double>(ranks),
      Measure::of(Dimension::TokensPerSecond),
      perToken + " x " + counted(ranks, "rank"));
  offerIn(answer, ranks, Dimension::TokensPerSecondPerGpu);
  if (job.workload.phase != cost::Phase::Decode) {
    int64_t tokens = *job.workload.sequenceLength;
    offerIn(answer, tokens, Dimension::SamplesPerSecond);
    offerIn(answer, tokens, Dimension::SequencesPerSecond);
  }
  return answer;
}

static std::optional<MetricAnswer> rateMetric(const PlanCost &cost,
                                              StringRef name) {
  bool share = name == "mfu" || name == "compute_utilization";
  if (!share && name != "throughput" && name != "device_compute")
    return std::nullopt;
  const cost::Estimate *estimate = cost.timed();
  if (!estimate)
    return withoutEstimate(cost, /*memoryAlone=*/false);
  const cost::Job &job = *cost.legalJob();
  std::string perToken =
      amount(estimate->tokensPerSecondPerGpu, "tokens/s") + " per GPU";
  if (name == "throughput")
    return throughput(cost, perToken);
  std::string work =
      perToken + " x " + (job.isTraining() ? "3 x " : "") +
      amount(static_cast<double>(*estimate->forwardFlopsPerToken), "FLOP");
  if (!share) {
    MetricAnswer answer = rated(cost, estimate->flopsPerSecondPerGpu,
                                Measure::of(Dimension::FlopPerSecond), work);
    offerIn(answer, 1, Dimension::FlopPerSecondPerGpu);
    return answer;
  }
  return rated(cost, estimate->utilisation, {},
               work + " / " + amount(job.machine.peakBf16, "FLOP/s"));
}

/// Forward, as Megatron-LM counts them.
static MetricAnswer flopsPerToken(const PlanCost &cost) {
  const PartTable &model = cost.model();
  MetricAnswer answer;
  for (const MissingFigure &figure : cost.missing()) {
    StringRef name = figure.name;
    if (name.starts_with("model.") || name == "workload.sequence_length" ||
        name == "workload.context_length" || name == "workload.mode")
      answer.missing.push_back(figure.name);
  }
  Count flops = model.flops();
  if (!flops && answer.missing.empty())
    answer.missing = {"a count below 2^63"};
  if (!answer.missing.empty())
    return answer;
  answer.value =
      ClaimValue::exact(*flops, Measure::of(Dimension::FlopPerToken));
  for (ModelPart part : model.knownByFlops()) {
    Count of = model[part].gemmFlops + model[part].coreFlops;
    answer.derivation += (answer.derivation.empty() ? "" : " + ") +
                         nameOf(part).str() + " " +
                         amount(static_cast<double>(*of), "FLOP");
  }
  answer.derivation += ", forward";
  return answer;
}

//===----------------------------------------------------------------------===//
// Traffic
//===----------------------------------------------------------------------===//

/// From the quickest kind of collective to the slowest.
static MetricAnswer collectiveTime(const PlanCost &cost) {
  const cost::StepTraffic *slowest = nullptr;
  double least = 0, most = 0;
  for (const cost::StepTraffic &traffic : cost.timed()->traffic) {
    if (traffic.count <= 0)
      continue;
    double each = traffic.time / static_cast<double>(traffic.count);
    least = slowest ? std::min(least, each) : each;
    if (!slowest || each > most) {
      most = each;
      slowest = &traffic;
    }
  }
  Measure seconds = Measure::of(Dimension::Seconds);
  if (!slowest)
    return timed(cost, 0, seconds, "no rank communicates");
  MetricAnswer answer =
      timed(cost, least, seconds,
            cost::nameOf(slowest->kind).str() + " over " +
                cost::nameOf(slowest->axis).str() +
                " is the slowest: " + amount(slowest->time, "s") + " / " +
                llvm::itostr(slowest->count));
  if (most > least)
    answer.largest = timed(cost, most, seconds, "").value;
  return answer;
}

namespace {
/// What the collectives of a step or pass come to.
struct TrafficTotal {
  double seconds = 0, exposed = 0;
  Count sent = 0, network = 0, collectives = 0;
  std::string list; ///< "4 all_reduce over tp, 2 send_recv over pp"

  explicit TrafficTotal(llvm::ArrayRef<cost::StepTraffic> traffic);
};
} // namespace

TrafficTotal::TrafficTotal(llvm::ArrayRef<cost::StepTraffic> traffic) {
  for (const cost::StepTraffic &each : traffic) {
    seconds += each.time;
    exposed += each.exposed;
    sent += each.sent;
    network += each.network;
    collectives += each.count;
    list += (list.empty() ? "" : ", ") + llvm::itostr(each.count) + " " +
            cost::nameOf(each.kind).str() + " over " +
            cost::nameOf(each.axis).str();
  }
  if (list.empty())
    list = "no rank communicates";
}

/// Time, bytes and number of collectives of a step or pass, on the busiest
/// stage.
static std::optional<MetricAnswer> trafficMetric(const PlanCost &cost,
                                                 StringRef name) {
  static constexpr StringRef names[] = {
      "communication_time",   "communication_latency", "communication_share",
      "communication_volume", "network_volume",        "collectives"};
  if (!llvm::is_contained(names, name))
    return std::nullopt;
  const cost::Estimate *estimate = cost.timed();
  if (!estimate)
    return withoutEstimate(cost, /*memoryAlone=*/false);
  if (name == "communication_latency")
    return collectiveTime(cost);
  TrafficTotal total(estimate->traffic);
  if (name == "communication_time")
    return timed(cost, total.seconds, Measure::of(Dimension::Seconds),
                 total.list);
  if (name == "communication_share")
    return timed(cost, total.exposed / estimate->step.total(), {},
                 amount(total.exposed, "s") + " that nothing hides of " +
                     amount(estimate->step.total(), "s"));
  bool volume = name != "collectives";
  Count count = name == "communication_volume" ? total.sent
                : name == "network_volume"     ? total.network
                                               : total.collectives;
  if (!count)
    return withoutCount();
  MetricAnswer answer;
  answer.value = ClaimValue::exact(
      *count, volume ? Measure::of(Dimension::Bytes) : Measure());
  answer.derivation = total.list;
  return answer;
}

std::optional<MetricAnswer>
moe::timeMetric(const PlanModel &plan, const PlanCost &cost, StringRef name) {
  if (name == "flops_per_token")
    return flopsPerToken(cost);
  for (std::optional<MetricAnswer> answer :
       {durationMetric(plan, cost, name), rateMetric(cost, name),
        trafficMetric(cost, name)})
    if (answer)
      return answer;
  return std::nullopt;
}

std::optional<MetricAnswer>
moe::costMetric(const PlanModel &plan, const PlanCost &cost, StringRef name) {
  if (std::optional<MetricAnswer> answer = memoryMetric(plan, cost, name))
    return answer;
  return timeMetric(plan, cost, name);
}
