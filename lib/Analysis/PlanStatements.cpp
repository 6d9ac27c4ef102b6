//===- PlanStatements.cpp - What a plan says about itself -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/PlanStatements.h"

#include "OptionalNumber.h"

#include "moe/IR/FieldLocation.h"

using namespace mlir;
using namespace mlir::moe;

const StatedBound *PlanStatements::policy(StringRef name) const {
  for (const StatedBound &bound : policies)
    if (bound.name == name)
      return &bound;
  return nullptr;
}

static void readStated(PlanStatements &statements, StatedOp stated) {
  for (auto op : stated.getBody().getOps<GroupsOp>())
    statements.groups.push_back({op.getAxis(), toSigned(op.getCount()),
                                 toSigned(op.getSize()), sectionLoc(op)});
  for (auto op : stated.getBody().getOps<ExpertCountsOp>())
    statements.expertCounts = {{op.getCounts().begin(), op.getCounts().end()},
                               sectionLoc(op)};
  for (auto op : stated.getBody().getOps<CollectiveOp>())
    statements.collectives.push_back({op.getKind(),
                                      op.getPurpose().value_or("").str(),
                                      op.getAxis(), sectionLoc(op)});
  for (auto op : stated.getBody().getOps<StatedModuleOp>())
    statements.modules.push_back({op.getModule().str(),
                                  op.getRanks().value_or("").str(),
                                  sectionLoc(op)});
  if (std::optional<StringRef> ranks = stated.getUtilizedRanks())
    statements.utilizedRanks.emplace(ranks->str(),
                                     fieldLoc(stated, "utilized_ranks"));
}

PlanStatements::PlanStatements(PlanOp plan) {
  if (auto stated = plan.getSection<StatedOp>())
    readStated(*this, stated);
  for (auto op : plan.getBody().getOps<ClaimOp>())
    claims.push_back({op.getId().str(), op.getSays().str(), sectionLoc(op),
                      op.getQuote().value_or("").str(),
                      toSigned(op.getLine()).value_or(0), op.getSource()});
  for (auto op : plan.getBody().getOps<PolicyOp>()) {
    // The attribute's verifier has read the text already.
    std::string error;
    if (auto bound = Bound::parse(op.getBound().getText(), error))
      policies.push_back({op.getMetric().str(), *bound, sectionLoc(op)});
  }
}
