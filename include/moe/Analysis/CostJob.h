//===- CostJob.h - A plan as input of the cost model ------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The adapter between a resolved plan and moe/Cost: it translates, and names
// what the plan leaves out. It decides nothing that a pass decides too.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_ANALYSIS_COSTJOB_H
#define MOE_ANALYSIS_COSTJOB_H

#include "moe/Analysis/MeshDerivation.h"
#include "moe/Analysis/PlanDecisions.h"
#include "moe/Analysis/RecordedLoad.h"
#include "moe/Cost/Job.h"

namespace mlir::moe {

/// A figure without which there is no estimate: its key in the plan file
/// ("model.vocab_size") and what needs it ("logits and the embedding").
struct MissingFigure {
  std::string name;
  std::string neededFor;
};
/// In the order of the plan format.
std::vector<MissingFigure> missingFigures(const PlanModel &plan);

/// Size of a head: stated, or the hidden size over the heads where that is
/// whole.
std::optional<int64_t> headDimOf(const ModelFigures &model,
                                 const LayerRun &run);

/// What the plan says of its workload, and the defaults of the rest.
cost::Workload costWorkloadOf(const WorkloadFigures &from);

/// Model, workload and machine of a plan. Degrees are those of `grid`; stages
/// are left empty. What the plan does not say is unknown; experts are placed as
/// if nobody had decided or recorded anything (see describePlacements).
cost::Job describeJob(const PlanModel &plan, const WorldGrid &grid);

/// A stage as the cost model sees it.
cost::StageShape stageShapeOf(const DecidedStage &stage);

/// The job of a whole plan: its decisions where it has them, otherwise what
/// the passes would decide. Returns nothing and sets `error` where the degrees
/// or the layout are not legal; the rules of the verifier say why.
std::optional<cost::Job> makeCostJob(const PlanModel &plan,
                                     const PlanDecisions &decisions,
                                     std::string &error);
/// With the load of the ranks, where it is known already.
std::optional<cost::Job> makeCostJob(const PlanModel &plan,
                                     const PlanDecisions &decisions,
                                     const RecordedLoads &loads,
                                     std::string &error);

} // namespace mlir::moe

#endif // MOE_ANALYSIS_COSTJOB_H
