//===- ExplainMetric.cpp - Where a figure of a plan comes from ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/ExplainMetric.h"

#include "PlanMetrics.h"
#include "moe/Check/Report.h"
#include "moe/Claims/MetricTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// The figures that enter a metric of the structure, in the order of its
/// formula.
static llvm::SmallVector<const Figure *> inputsOf(const PlanModel &plan,
                                                  StringRef metric) {
  const Degrees &degrees = plan.degrees;
  const ClusterFigures &cluster = plan.cluster;
  const WorkloadFigures &workload = plan.workload;
  if (metric == "layers_per_rank")
    return {&plan.model.layers, &degrees.pp};
  if (metric == "experts_per_rank" || metric == "expert_slots" ||
      metric == "redundant_slots")
    return {&degrees.ep, &degrees.etp, &plan.distribution.slotsPerRank};
  if (metric == "remote_token_share")
    return {&degrees.ep, &degrees.etp};
  if (metric == "micro_batches")
    return {&workload.globalBatch, &degrees.dp, &workload.microBatch};
  if (metric == "idle_experts")
    return {&workload.batch, &workload.microBatch, &workload.sequenceLength,
            &degrees.dp, &degrees.edp};
  llvm::SmallVector<const Figure *> inputs;
  bool count = metric.consume_back("_groups");
  metric.consume_back("_group_size");
  if (count)
    inputs.push_back(&cluster.worldSize);
  for (const Figure *figure : {&cluster.worldSize,
                               &cluster.gpus,
                               &cluster.nodes,
                               &cluster.gpusPerNode,
                               &degrees.tp,
                               &degrees.cp,
                               &degrees.pp,
                               &degrees.vpp,
                               &degrees.dp,
                               &degrees.ep,
                               &degrees.etp,
                               &degrees.edp,
                               &plan.model.layers,
                               &plan.model.hidden,
                               &plan.model.vocab,
                               &workload.sequenceLength,
                               &workload.contextLength,
                               &workload.microBatch,
                               &workload.globalBatch,
                               &workload.batch})
    if (figure->name == metric ||
        (figure == &plan.model.layers && metric == "layers"))
      inputs.push_back(figure);
  return inputs;
}

static void printPlace(Location where, llvm::raw_ostream &os) {
  if (std::optional<Place> place = findPlace(where))
    os << ", " << place->str();
  os << "\n";
}

/// Whether a metric of the structure counts the experts of the model.
static bool countsExperts(StringRef metric) {
  return metric.contains("expert") || metric.contains("slots") ||
         metric == "top_k";
}

static void printInputs(const PlanModel &plan, StringRef metric,
                        llvm::raw_ostream &os) {
  for (const Figure *figure : inputsOf(plan, metric))
    if (*figure) {
      os << "  from " << figure->name << " = " << **figure << " ("
         << figure->source << ")";
      printPlace(figure->where, os);
    }
  const LayerRun *run = plan.model.firstSparse();
  if (!run || !countsExperts(metric))
    return;
  for (auto [name, value] :
       {std::pair(StringRef("num_experts"), run->experts),
        std::pair(StringRef("num_experts_per_tok"), run->topK)}) {
    bool enters = (name == "num_experts")
                      ? metric != "top_k"
                      : metric == "top_k" || metric == "idle_experts";
    if (!value || !enters)
      continue;
    os << "  from " << name << " = " << *value;
    printPlace(run->where, os);
  }
}

bool moe::explainMetric(PlanOp op, StringRef metric, llvm::raw_ostream &os) {
  PlanModel plan(op);
  PlanDecisions decisions(op);
  PlanCost cost(plan, decisions);
  MetricAnswer answer = PlanMetrics(plan, cost).metric(metric);
  const auto *row = llvm::find_if(
      metricTable(), [&](const MetricRow &r) { return r.name == metric; });
  os << metric;
  if (answer.value) {
    os << " = " << displayed(*answer.value);
    if (answer.largest)
      os << " to " << displayed(*answer.largest);
  }
  os << "\n";
  if (row != metricTable().end())
    os << "  " << row->what << "\n";
  if (answer.value && !answer.derivation.empty())
    os << "  " << answer.derivation << "\n";
  printInputs(plan, metric, os);
  if (answer.value)
    return true;
  if (answer.missing == std::vector<std::string>{metric.str()}) {
    os << "  is measured, no plan implies it: a claim may state it\n";
    return false;
  }
  os << "  needs " << llvm::join(answer.missing, ", ") << "\n";
  // What follows from other figures may lack a value with all of them given.
  for (const Figure *degree : {&plan.degrees.dp, &plan.degrees.edp})
    if (!*degree && !degree->source.empty() &&
        llvm::is_contained(answer.missing, "parallelism." + degree->name))
      os << "  " << degree->name << " = " << degree->source << "\n";
  return false;
}
