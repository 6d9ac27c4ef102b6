//===- CheckPlan.cpp - All rules over one plan ----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Check/CheckPlan.h"

#include "FixTrial.h"
#include "Rules.h"
#include "moe/Check/Catalogue.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// Equations first: later rules leave out what follows from a broken one.
static constexpr RuleFunction kRules[] = {checkGrids,
                                          checkMeshes,
                                          checkFramework,
                                          checkCluster,
                                          checkHardware,
                                          checkDispatcher,
                                          checkTopology,
                                          checkGroups,
                                          checkModel,
                                          checkDivisibility,
                                          checkBalance,
                                          checkLoads,
                                          checkPlacements,
                                          checkPipeline,
                                          checkStages,
                                          checkWorkload,
                                          checkFrameworkWorkload,
                                          checkStatements,
                                          checkClaims,
                                          checkProvenance,
                                          checkBaseline,
                                          checkAlternatives,
                                          checkConcurrency,
                                          checkBudgets,
                                          checkUtilization,
                                          checkMemory,
                                          checkCompute,
                                          checkCommunication,
                                          checkInput};

/// Errors before warnings before notes, each by section.
static void sortForReport(FindingList &findings) {
  auto rank = [](const Finding &finding) {
    const Rule *rule = findRule(finding.rule);
    assert(rule && "a finding of a rule that is not in the catalogue");
    return std::make_pair(finding.severity, rule->section);
  };
  llvm::stable_sort(findings.all(), [&](const Finding &a, const Finding &b) {
    return rank(a) < rank(b);
  });
}

static FindingList applyRules(PlanOp plan, PlanOp baseline, bool trial,
                              PlacementCache &cache) {
  RuleInput input(plan, baseline, trial, &cache);
  FindingList findings;
  for (RuleFunction rule : kRules)
    rule(input, findings);
  findings.linkConsequences();
  return findings;
}

FindingList moe::checkPlan(PlanOp plan, PlanOp baseline) {
  // Most fixes leave the loads as they are.
  PlacementCache cache;
  FindingList findings = applyRules(plan, baseline, /*trial=*/false, cache);
  keepWorkingFixes(plan, findings, [&](PlanOp repaired) {
    return applyRules(repaired, baseline, /*trial=*/true, cache);
  });
  sortForReport(findings);
  findings.linkConsequences();
  return findings;
}
