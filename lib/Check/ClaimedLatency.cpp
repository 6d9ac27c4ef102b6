//===- ClaimedLatency.cpp - The time a plan claims for one pass -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ClaimedLatency.h"

#include "moe/Wording/Wording.h"

using namespace mlir;
using namespace mlir::moe;

std::optional<ClaimedLatency>
ClaimedLatency::of(const PlanModel &plan, const ClaimedFigures &claimed) {
  Measure time = Measure::of(Dimension::Seconds);
  for (StringRef metric : {"latency", "tpot"}) {
    const ClaimedFigure *figure = claimed.find(metric);
    if (figure && figure->value.measure == time)
      return ClaimedLatency{figure->value, figure->str(), figure, std::nullopt};
  }
  const ClaimedFigure *layer = claimed.find("layer_latency");
  const Figure &layers = plan.model.layers;
  if (!layer || !layers || !(layer->value.measure == time))
    return std::nullopt;
  std::optional<ClaimValue> total =
      multiply(layer->value, ClaimValue::exact(*layers));
  if (!total)
    return std::nullopt;
  return ClaimedLatency{*total,
                        layer->str() + " x " + counted(*layers, "layer"), layer,
                        layer->value};
}
