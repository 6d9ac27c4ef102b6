//===- Metrics.cpp - Figures that follow from a plan ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "ExpertCounts.h"
#include "moe/Check/Report.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Metrics in the order in which they are added.
class MetricList {
public:
  void add(StringRef name, std::optional<int64_t> value) {
    if (value)
      metrics.push_back({name.str(), *value});
  }
  void addRatio(StringRef name, double value) {
    metrics.push_back({name.str(), value});
  }
  std::vector<Metric> metrics;
};
} // namespace

/// Size and number of the groups of one axis.
static void addGroups(const PlanModel &plan, const Figure &degree,
                      MetricList &list) {
  const Figure &world = plan.cluster.worldSize;
  list.add(degree.name + "_group_size", degree.value);
  if (degree && world && *world % *degree == 0)
    list.add(degree.name + "_groups", *world / *degree);
}

static void addExperts(const PlanModel &plan, MetricList &list) {
  const LayerRun *run = plan.model.firstSparse();
  std::optional<ExpertCounts> counts = ExpertCounts::implied(plan);
  if (!counts)
    return;
  list.add("experts", run->experts);
  list.add("expert_slots", counts->total());
  list.add("redundant_slots", counts->total() - *run->experts);
  list.add("experts_per_rank_max", counts->max());
  list.addRatio("experts_per_rank_mean",
                counts->mean() / static_cast<double>(*plan.degrees.etp));
  list.addRatio("experts_per_rank_max_over_mean", counts->maxOverMean());
  list.addRatio("experts_per_rank_variance", counts->populationVariance());
  if (std::optional<double> sample = counts->sampleVariance())
    list.addRatio("experts_per_rank_sample_variance", *sample);
}

std::vector<Metric> moe::deriveMetrics(PlanOp op) {
  PlanModel plan(op);
  const Degrees &degrees = plan.degrees;
  MetricList list;
  list.add("gpus", plan.cluster.gpus.value);
  list.add("world_size", plan.cluster.worldSize.value);
  for (const Figure *degree :
       {&degrees.tp, &degrees.cp, &degrees.pp, &degrees.dp, &degrees.ep,
        &degrees.etp, &degrees.edp})
    addGroups(plan, *degree, list);
  addExperts(plan, list);
  list.add("layers", plan.model.layers.value);
  if (const Figure &layers = plan.model.layers)
    list.add("layers_per_stage_mean_ceiling", ceilDiv(*layers, *degrees.pp));
  const Figure &global = plan.workload.globalBatch;
  std::optional<int64_t> unit =
      product({&degrees.dp, &plan.workload.microBatch});
  if (global && unit && *global % *unit == 0)
    list.add("micro_batches", *global / *unit);
  return std::move(list.metrics);
}
