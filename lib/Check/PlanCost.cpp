//===- PlanCost.cpp - What the cost model says about a plan ---------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanCost.h"

#include "moe/Analysis/StageDerivation.h"
#include "moe/Calibration/CalibrationFile.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;
using cost::Count;

bool moe::isNeededForTimeAlone(const MissingFigure &figure) {
  return figure.name == "workload.acceptance" ||
         (StringRef(figure.name).starts_with("cluster.") &&
          figure.name != "cluster.nodes");
}

/// Sizes of the groups alone; nothing is said about their places.
static void setDegrees(const Degrees &from, cost::Degrees &to) {
  auto size = [](const Figure &degree) { return degree ? *degree : 1; };
  to.tp = size(from.tp);
  to.cp = size(from.cp);
  to.pp = size(from.pp);
  to.vpp = size(from.vpp);
  to.dp = size(from.dp);
  to.ep = size(from.ep);
  to.etp = size(from.etp);
  to.edp = size(from.edp);
  cost::setGroupSizes(to);
}

void PlanCost::count(Facts &facts) const {
  facts.job = describeJob(plan, WorldGrid());
  setDegrees(plan.degrees, facts.job.degrees);
  if (!plan.degrees.etp)
    for (cost::LayerShape &layer : facts.job.model.runs)
      layer.slotsPerRank = std::nullopt;
  std::string error;
  std::optional<std::vector<DecidedStage>> stages =
      decisions.pipeline ? decisions.pipeline->stages
                         : deriveStages(plan, error);
  if (stages)
    for (const DecidedStage &stage : *stages)
      facts.job.stages.push_back(stageShapeOf(stage));
  facts.model = countWholeModel(facts.job);
  facts.stages = countStages(facts.job);
}

void moe::estimateJob(cost::Job job, cost::Workspace &workspace,
                      cost::Estimate &result) {
  cost::Machine &machine = job.machine;
  for (double *figure : {&machine.memoryBandwidth, &machine.peakBf16,
                         &machine.nvlink, &machine.network})
    if (!(*figure > 0))
      *figure = 1e12;
  cost::Calibration calibration =
      CalibrationFile::builtIn().resolve(machine, job.workload.softwareMonth);
  cost::estimate(job, calibration, workspace, result);
}

void PlanCost::estimate(Facts &facts) const {
  facts.loads = RecordedLoads(plan, decisions, &placements());
  facts.missing = missingFigures(plan);
  if (!llvm::all_of(facts.missing, isNeededForTimeAlone))
    return;
  facts.legalJob = makeCostJob(plan, decisions, facts.loads, facts.obstacle);
  if (!facts.legalJob)
    return;
  facts.timed = facts.missing.empty();
  cost::Workspace workspace;
  estimateJob(*facts.legalJob, workspace, facts.estimate.emplace());
  if (!facts.estimate->peakMemory()) {
    facts.obstacle = "the memory of a rank is more than can be counted";
    facts.estimate.reset();
  }
}

const PlanCost::Facts &PlanCost::facts() const {
  if (!computed) {
    computed.emplace();
    count(*computed);
    estimate(*computed);
  }
  return *computed;
}

const cost::Estimate *PlanCost::memory() const {
  return facts().estimate ? &*facts().estimate : nullptr;
}

const cost::Estimate *PlanCost::timed() const {
  const cost::Estimate *estimate = memory();
  bool known = estimate && facts().timed && estimate->step.total() > 0;
  return known ? estimate : nullptr;
}

const cost::Job *PlanCost::legalJob() const {
  return facts().legalJob ? &*facts().legalJob : nullptr;
}

std::vector<int64_t> PlanCost::layersOfStages() const {
  std::vector<int64_t> layers;
  for (const cost::StageShape &stage : job().stages) {
    layers.push_back(0);
    for (auto [begin, end] : stage.chunks)
      layers.back() += end - begin;
  }
  return layers;
}

Count PlanCost::weightBytes(Count parameters) const {
  const cost::Job &plan = job();
  if (plan.isTraining())
    return parameters * plan.activationBytes();
  return parameters * cost::bitsOf(plan.workload.precision) / 8;
}
