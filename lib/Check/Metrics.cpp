//===- Metrics.cpp - Figures that follow from a plan ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Metrics.h"

#include "ExpertCounts.h"
#include <algorithm>

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
  // Of an expert that `etp` splits, a rank holds a part.
  int64_t etp = plan.degrees.etp.value.value_or(1), max = counts->max();
  auto parts = static_cast<double>(etp);
  if (max % etp == 0)
    list.add("experts_per_rank_max", max / etp);
  else
    list.addRatio("experts_per_rank_max", static_cast<double>(max) / parts);
  list.addRatio("experts_per_rank_mean", counts->mean() / parts);
  list.addRatio("experts_per_rank_max_over_mean", counts->maxOverMean());
  list.addRatio("experts_per_rank_variance",
                counts->populationVariance() / parts / parts);
  if (std::optional<double> sample = counts->sampleVariance())
    list.addRatio("experts_per_rank_sample_variance", *sample / parts / parts);
}

std::vector<Metric> moe::deriveMetrics(const PlanModel &plan,
                                       const PlanCost &cost) {
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
  std::vector<int64_t> stages = cost.layersOfStages();
  if (!stages.empty())
    list.add("layers_per_rank_max",
             *std::max_element(stages.begin(), stages.end()));
  const Figure &global = plan.workload.globalBatch;
  std::optional<int64_t> unit =
      product({&degrees.dp, &plan.workload.microBatch});
  if (global && unit && *global % *unit == 0)
    list.add("micro_batches", *global / *unit);
  return std::move(list.metrics);
}
