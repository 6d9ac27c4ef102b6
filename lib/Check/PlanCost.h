//===- PlanCost.h - What the cost model says about a plan -------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one place where a check estimates a plan, once and on first use. Rules
// and metrics read what the figures of the plan allow: counts of the model and
// of one rank where those figures are known, memory and time only of plans that
// are legal and complete.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_PLANCOST_H
#define MOE_LIB_CHECK_PLANCOST_H

#include "ModelParts.h"
#include "moe/Analysis/CostJob.h"
#include "moe/Cost/Estimate.h"
#include <optional>
#include <string>

namespace mlir::moe {

class PlanCost {
public:
  /// All outlive this. Without a cache it has its own.
  PlanCost(const PlanModel &plan, const PlanDecisions &decisions,
           PlacementCache *cache = nullptr)
      : plan(plan), decisions(decisions), cache(cache) {}

  /// The plan with its degrees as they stand, legal or not: good for counting,
  /// not for placing groups. Without stages where there is no layout.
  const cost::Job &job() const { return facts().job; }
  const PartTable &model() const { return facts().model; }
  /// Parameters of one rank of each stage; empty without stages.
  llvm::ArrayRef<PartTable> stages() const { return facts().stages; }

  /// Layers on a rank of each stage, without those that predict further
  /// tokens; empty without stages.
  std::vector<int64_t> layersOfStages() const;

  /// Memory of every stage; null when a figure of model or workload is missing
  /// or the degrees are not legal. Its times mean nothing.
  const cost::Estimate *memory() const;
  /// The whole estimate; null when a figure of the hardware is missing, too.
  const cost::Estimate *timed() const;
  /// The job of an estimate.
  const cost::Job *legalJob() const;

  /// Load of the experts' ranks, where it was recorded.
  const RecordedLoads &loads() const { return facts().loads; }
  /// Placements by load that are known.
  PlacementCache &placements() const { return cache ? *cache : ownCache; }

  /// Figures without which there is no estimate.
  llvm::ArrayRef<MissingFigure> missing() const { return facts().missing; }
  /// Why there is none although all figures are known; rules say more.
  const std::string &obstacle() const { return facts().obstacle; }

  /// Bytes of parameters on a rank that computes with them.
  cost::Count weightBytes(cost::Count parameters) const;

private:
  struct Facts {
    cost::Job job;
    PartTable model;
    std::vector<PartTable> stages;
    std::vector<MissingFigure> missing;
    std::string obstacle;
    RecordedLoads loads;
    std::optional<cost::Job> legalJob;
    std::optional<cost::Estimate> estimate;
    bool timed = false;
  };
  const Facts &facts() const;
  void count(Facts &facts) const;
  void estimate(Facts &facts) const;

  const PlanModel &plan;
  const PlanDecisions &decisions;
  PlacementCache *cache;
  mutable PlacementCache ownCache;
  mutable std::optional<Facts> computed;
};

/// The estimate of a job with the constants of its machine. Figures of the
/// hardware that it lacks are assumed, so that at least its memory is right.
void estimateJob(cost::Job job, cost::Workspace &workspace,
                 cost::Estimate &result);

/// How far estimates of memory were off, at most, for published runs: the goal
/// that docs/accuracy.md is measured against.
constexpr double memoryError = 0.10;

/// Whether only times depend on the figure: those of the hardware, and how
/// often drafts are right.
bool isNeededForTimeAlone(const MissingFigure &figure);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_PLANCOST_H
