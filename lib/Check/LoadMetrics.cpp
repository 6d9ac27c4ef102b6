//===- LoadMetrics.cpp - Recorded loads as metrics of claims --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CostMetrics.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// From the layer where it is smallest to that where it is largest.
static MetricAnswer answerOver(double smallest, double largest,
                               std::string derivation) {
  MetricAnswer answer;
  auto toClaim = [](double value) -> std::optional<ClaimValue> {
    std::optional<Rational> number = rationalOf(value);
    return number ? std::optional(ClaimValue::exact(*number, {}))
                  : std::nullopt;
  };
  answer.value = toClaim(smallest);
  if (largest > smallest)
    answer.largest = toClaim(largest);
  answer.derivation = std::move(derivation);
  return answer;
}

static MetricAnswer answerMissing() {
  MetricAnswer answer;
  answer.missing = {"experts.loads"};
  return answer;
}

/// Of the ranks, under the placement.
static MetricAnswer loadOfRanks(const RecordedLoads &loads) {
  if (loads.runs.empty())
    return answerMissing();
  const RunLoad &worst = *loads.worst();
  return answerOver(worst.worst.maxOverMean, worst.worst.maxOverMean,
                    "recorded loads on the ranks, worst in layer " +
                        std::to_string(worst.worstLayer));
}

/// Most tokens of an expert over the mean, or the variance over the squared
/// mean.
static double unevenness(const std::vector<int64_t> &tokens, bool variance) {
  double sum = 0, squares = 0, most = 0;
  for (int64_t count : tokens) {
    auto number = static_cast<double>(count);
    sum += number;
    squares += number * number;
    most = std::max(most, number);
  }
  auto experts = static_cast<double>(tokens.size());
  return variance ? squares * experts / (sum * sum) - 1 : most * experts / sum;
}

/// Of the experts, wherever they are.
static MetricAnswer loadOfExperts(const PlanModel &plan, bool variance) {
  std::optional<double> smallest, largest;
  for (const RecordedTokens &recorded : plan.distribution.recorded)
    for (const LayerRun &run : plan.model.runs) {
      auto tokens = readTokens(recorded, run);
      if (run.name != recorded.layers ||
          !std::holds_alternative<ExpertTokens>(tokens))
        continue;
      const auto &counts = std::get<ExpertTokens>(tokens);
      for (int64_t row = 0; row < counts.rows(); ++row) {
        if (!counts.isRecorded(row))
          continue;
        double value = unevenness(counts.row(row), variance);
        smallest = std::min(smallest.value_or(value), value);
        largest = std::max(largest.value_or(value), value);
      }
    }
  if (!smallest)
    return answerMissing();
  return answerOver(*smallest, *largest, "recorded loads, layer by layer");
}

std::optional<MetricAnswer>
moe::loadMetric(const PlanModel &plan, const PlanCost &cost, StringRef name) {
  if (name == "imbalance")
    return loadOfRanks(cost.loads());
  if (name == "load_variance" || name == "load_imbalance")
    return loadOfExperts(plan, name == "load_variance");
  return std::nullopt;
}
