//===- Rules.h - What the files of rules share ------------------*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rules are free functions, one file per subject. They read figures and add
// findings; the fixes they attach are candidates, which `checkPlan` tries on a
// copy of the plan before it offers them.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_LIB_CHECK_RULES_H
#define MOE_LIB_CHECK_RULES_H

#include "ClaimRules.h"
#include "moe/Analysis/PlanDecisions.h"
#include "moe/Analysis/PlanModel.h"
#include "moe/Analysis/PlanStatements.h"
#include "moe/Check/Finding.h"
#include "moe/IR/FieldLocation.h"

namespace mlir::moe {

/// A plan as the rules see it.
struct RuleInput {
  PlanOp plan;
  /// Whether the plan is a copy on which a fix is tried: nobody reads what
  /// would fix the copy, and no rule needs to search for it.
  bool trial;
  PlanModel model;
  PlanStatements statements;
  PlanDecisions decisions;
  PlanCost cost;
  /// The plan it is compared with, if there is one.
  std::optional<Baseline> baseline;
  Location baselineWhere;
  /// Of each claim in `statements`.
  std::vector<Judgement> judgements;

  /// `baseline` may be null. `cache`, if there is one, outlives this.
  RuleInput(PlanOp plan, PlanOp baselinePlan, bool trial,
            PlacementCache *cache = nullptr)
      : plan(plan), trial(trial), model(plan), statements(plan),
        decisions(plan), cost(model, decisions, cache),
        baselineWhere(fieldLoc(plan, "baseline")) {
    if (baselinePlan)
      baseline.emplace(baselinePlan);
    judgements = judgeStatedClaims(model, cost, baseline ? &*baseline : nullptr,
                                   statements.claims);
  }
  RuleInput(const RuleInput &) = delete;
};

using RuleFunction = void (*)(const RuleInput &, FindingList &);

// GridRules.cpp: mesh-1, mesh-5, mesh-7, mesh-8
void checkGrids(const RuleInput &input, FindingList &findings);
// FrameworkRules.cpp: framework-1..4; after the equations
void checkFramework(const RuleInput &input, FindingList &findings);
// FrameworkWorkload.cpp: framework-5
void checkFrameworkWorkload(const RuleInput &input, FindingList &findings);
// MeshRules.cpp: mesh-1, mesh-3, mesh-4 on meshes, mesh-6
void checkMeshes(const RuleInput &input, FindingList &findings);
// ClusterRules.cpp: cluster-1..5
void checkCluster(const RuleInput &input, FindingList &findings);
// HardwareRules.cpp: compute-1, compute-7
void checkHardware(const RuleInput &input, FindingList &findings);
// DispatcherRules.cpp: dispatcher-1
void checkDispatcher(const RuleInput &input, FindingList &findings);
// TopologyRules.cpp: cluster-6..8
void checkTopology(const RuleInput &input, FindingList &findings);
// GroupRules.cpp: groups-1..4
void checkGroups(const RuleInput &input, FindingList &findings);
// DivisibilityRules.cpp: heads-*, ffn-*, quantization-1, vocab-1
void checkDivisibility(const RuleInput &input, FindingList &findings);
// ModelRules.cpp: model-*, experts-1, experts-4
void checkModel(const RuleInput &input, FindingList &findings);
// BalanceRules.cpp: experts-2, balance-*
void checkBalance(const RuleInput &input, FindingList &findings);
// LoadRules.cpp: balance-6, balance-7
void checkLoads(const RuleInput &input, FindingList &findings);
// PlacementRules.cpp: placement-*
void checkPlacements(const RuleInput &input, FindingList &findings);
// PipelineRules.cpp: pipeline-* of degrees and layouts
void checkPipeline(const RuleInput &input, FindingList &findings);
// StageRules.cpp: pipeline-* of decided stages
void checkStages(const RuleInput &input, FindingList &findings);
// WorkloadRules.cpp: workload-*
void checkWorkload(const RuleInput &input, FindingList &findings);
// StatedRules.cpp: ranks-*, communication-1, communication-2, communication-8
void checkStatements(const RuleInput &input, FindingList &findings);
// ClaimRules.cpp: claim-1..5
void checkClaims(const RuleInput &input, FindingList &findings);
// ProvenanceRules.cpp: claim-6..8
void checkProvenance(const RuleInput &input, FindingList &findings);
// BaselineRules.cpp: baseline-*, balance-5, claim-12
void checkBaseline(const RuleInput &input, FindingList &findings);
// AlternativeRules.cpp: claim-13
void checkAlternatives(const RuleInput &input, FindingList &findings);
// ConcurrencyRules.cpp: claim-9
void checkConcurrency(const RuleInput &input, FindingList &findings);
// BudgetRules.cpp: communication-3..5
void checkBudgets(const RuleInput &input, FindingList &findings);
// UtilizationRules.cpp: claim-10, claim-11, compute-2..4, policy-1
void checkUtilization(const RuleInput &input, FindingList &findings);
// MemoryRules.cpp: memory-*
void checkMemory(const RuleInput &input, FindingList &findings);
// ComputeRules.cpp: compute-2 of throughputs, compute-5, compute-6
void checkCompute(const RuleInput &input, FindingList &findings);
// CommunicationRules.cpp: communication-6, communication-7
void checkCommunication(const RuleInput &input, FindingList &findings);
// InputRules.cpp: input-*
void checkInput(const RuleInput &input, FindingList &findings);

} // namespace mlir::moe

#endif // MOE_LIB_CHECK_RULES_H
