//===- ClaimedThroughput.cpp - What a plan claims to do in a second -------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ClaimedThroughput.h"

#include "moe/Wording/Wording.h"

using namespace mlir;
using namespace mlir::moe;

/// `rate` x `count`, and the same in words.
static std::optional<ClaimedThroughput> scaled(const ClaimedThroughput &rate,
                                               int64_t count, StringRef noun) {
  std::optional<ClaimValue> product =
      multiply(rate.perSecond, ClaimValue::exact(count));
  if (!product)
    return std::nullopt;
  return ClaimedThroughput{rate.figure, *product, rate.ofTokens,
                           rate.text + " x " + counted(count, noun)};
}

std::optional<ClaimedThroughput>
ClaimedThroughput::of(const PlanModel &plan, const ClaimedFigure &figure) {
  if (figure.metric != "throughput" || figure.isUpperLimit())
    return std::nullopt;
  ClaimedThroughput rate{&figure, figure.value, /*ofTokens=*/true,
                         figure.str()};
  rate.perSecond.measure = {};
  const Figure &world = plan.cluster.worldSize;
  switch (figure.number.dimension()) {
  case Dimension::TokensPerSecond:
    return rate;
  case Dimension::TokensPerSecondPerGpu:
    return world ? scaled(rate, *world, "GPU") : std::nullopt;
  case Dimension::SamplesPerSecond:
  case Dimension::SequencesPerSecond:
    rate.ofTokens = false;
    return rate;
  default:
    return std::nullopt;
  }
}

std::optional<ClaimedThroughput>
ClaimedThroughput::of(const PlanModel &plan, const ClaimedFigures &claimed) {
  for (const ClaimedFigure &figure : claimed.all())
    if (std::optional<ClaimedThroughput> rate = of(plan, figure))
      return rate;
  return std::nullopt;
}

std::optional<ClaimedThroughput>
ClaimedThroughput::inTokens(const PlanModel &plan) const {
  const Figure &sequence = plan.workload.sequenceLength;
  if (ofTokens)
    return *this;
  std::optional<ClaimedThroughput> rate =
      sequence ? scaled(*this, *sequence, "token") : std::nullopt;
  if (rate)
    rate->ofTokens = true;
  return rate;
}
