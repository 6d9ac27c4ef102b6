//===- ScalingMetrics.cpp - Throughput against GPUs ---------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalingMetrics.h"

#include "moe/Wording/Wording.h"

using namespace mlir;
using namespace mlir::moe;

std::optional<int64_t> moe::wholeBatch(const PlanModel &plan) {
  if (plan.workload.isTraining())
    return plan.workload.globalBatch.value;
  return product({&plan.workload.batch, &plan.degrees.dp});
}

static MetricAnswer without(std::string what) {
  MetricAnswer answer;
  answer.missing.push_back(std::move(what));
  return answer;
}

/// Whether the batches are those of the kind of scaling; nothing when one is
/// not known.
static std::optional<bool> comparable(bool strong, const PlanModel &before,
                                      const PlanModel &after) {
  std::optional<int64_t> old = wholeBatch(before), now = wholeBatch(after);
  if (!old || !now)
    return std::nullopt;
  if (strong)
    return *old == *now;
  std::optional<Rational> oldShare =
      Rational::of(*old, *before.cluster.worldSize);
  std::optional<Rational> share = Rational::of(*now, *after.cluster.worldSize);
  return oldShare && share && *oldShare == *share;
}

MetricAnswer moe::scalingEfficiency(StringRef name, const ScaledPlan &before,
                                    const ScaledPlan &after) {
  const Figure &old = before.plan.cluster.worldSize,
               &now = after.plan.cluster.worldSize;
  if (!old || !now || *old == *now)
    return without(secondSize.str());
  bool strong = name == "strong_scaling";
  std::optional<bool> same = comparable(strong, before.plan, after.plan);
  if (!same)
    return without("the batches of both plans");
  if (!*same)
    return without(strong ? "a baseline of the same batch"
                          : "a baseline of the same batch per rank");
  MetricAnswer answer;
  for (const ScaledPlan *plan : {&before, &after})
    answer.missing.insert(answer.missing.end(),
                          plan->throughput.missing.begin(),
                          plan->throughput.missing.end());
  if (!answer.missing.empty())
    return answer;
  if (!(before.throughput.value->measure == after.throughput.value->measure) ||
      before.throughput.value->mayBeZero())
    return without("throughputs of both plans in one unit");
  std::optional<ClaimValue> gain =
      divide(*after.throughput.value, *before.throughput.value);
  std::optional<ClaimValue> ranks =
      divide(ClaimValue::exact(*now), ClaimValue::exact(*old));
  if (gain && ranks)
    answer.value = divide(*gain, *ranks);
  if (!answer.value)
    return without("a ratio that can be counted");
  answer.derivation = displayed(*gain) + " times the throughput on " +
                      displayed(*ranks) + " times the ranks, " +
                      counted(*old, "rank") + " before, " +
                      counted(*now, "rank") + " after";
  return answer;
}
