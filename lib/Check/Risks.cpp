//===- Risks.cpp - How far a plan is from its limits ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/Risks.h"

#include "Amounts.h"
#include "ImbalancePolicy.h"
#include "PlanCost.h"
#include "moe/Analysis/PlanStatements.h"
#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace mlir::moe;

/// Of `limit`, in thousandths, rounded down: a margin never looks larger than
/// it is.
static int64_t marginOf(double largest, double limit) {
  double permille = std::floor((1 - largest / limit) * 1000);
  return static_cast<int64_t>(std::max(permille, -1e6));
}

static std::string upTo(double expected, double largest, StringRef unit) {
  return amount(expected, unit) + ", up to " + amount(largest, unit);
}

static void assessMemory(const PlanModel &plan, const PlanCost &cost,
                         std::vector<Risk> &risks) {
  const cost::Estimate *estimate = cost.memory();
  const ClusterFigures &cluster = plan.cluster;
  const std::optional<Quantity> &memory =
      cluster.usableMemory ? cluster.usableMemory : cluster.gpuMemory;
  if (!estimate || !memory || !estimate->deviceMemory() || memory->toSI() <= 0)
    return;
  auto device = static_cast<double>(*estimate->deviceMemory());
  double largest = device * (1 + memoryError);
  risks.push_back(
      {"device_memory", upTo(device, largest, "B"),
       amount(memory->toSI(), "B") + " of a GPU",
       marginOf(largest, memory->toSI()),
       plan.workload.isTraining()
           ? "recompute more, or keep less of the optimizer on each rank"
           : "take fewer requests at a time"});
}

/// Ranks that wait longer than this for another are ended: the default of
/// torch.distributed for NCCL, and of Megatron-LM's
/// --distributed-timeout-minutes.
static constexpr double collectiveTimeout = 600;

static void assessStepTime(const PlanModel &plan, const cost::Estimate &timed,
                           std::vector<Risk> &risks) {
  if (!plan.workload.isTraining())
    return;
  double step = timed.step.total(), largest = step * timed.errorHigh;
  risks.push_back({"step_time", upTo(step, largest, "s"),
                   amount(collectiveTimeout, "s") + " until ranks give up",
                   marginOf(largest, collectiveTimeout),
                   "raise --distributed-timeout-minutes; the first step and "
                   "checkpoints take longer than the others"});
}

static void assessImbalance(const PlanCost &cost,
                            const PlanStatements &statements,
                            std::vector<Risk> &risks) {
  const RunLoad *worst = cost.loads().worst();
  if (!worst)
    return;
  double load = worst->worst.maxOverMean;
  ImbalancePolicy policy = ImbalancePolicy::ofLoad(statements);
  risks.push_back({"imbalance", toDecimals(load) + " times the mean",
                   policy.limit(), marginOf(load, policy.largest()),
                   "count the tokens of experts again and place them anew: "
                   "moec balance"});
}

/// What a GPU sends out of its NVLink domain in a step, spread over all of it.
static void assessNetwork(const PlanModel &plan, const cost::Estimate &timed,
                          std::vector<Risk> &risks) {
  const std::optional<Quantity> &link = plan.cluster.interNode;
  cost::Count sent = 0;
  for (const cost::StepTraffic &traffic : timed.traffic)
    sent += traffic.network;
  double step = timed.step.total();
  if (!link || link->toSI() <= 0 || !sent || *sent == 0 || step <= 0)
    return;
  double rate = static_cast<double>(*sent) / step;
  double largest = rate / timed.errorLow;
  risks.push_back({"network_volume", upTo(rate, largest, "B/s"),
                   amount(link->toSI(), "B/s") + " of a GPU's link",
                   marginOf(largest, link->toSI()),
                   "let ranks that exchange most share hosts: rank_order "
                   "by_traffic"});
}

std::vector<Risk> moe::assessRisks(PlanOp plan) {
  std::vector<Risk> risks;
  PlanModel model(plan);
  PlanDecisions decisions(plan);
  PlanStatements statements(plan);
  PlanCost cost(model, decisions);
  assessMemory(model, cost, risks);
  if (const cost::Estimate *timed = cost.timed()) {
    assessStepTime(model, *timed, risks);
    assessNetwork(model, *timed, risks);
  }
  assessImbalance(cost, statements, risks);
  return risks;
}
