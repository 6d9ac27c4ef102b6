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

static const StatedBound *findBound(ArrayRef<StatedBound> bounds,
                                    StringRef name) {
  for (const StatedBound &bound : bounds)
    if (bound.name == name)
      return &bound;
  return nullptr;
}

const StatedBound *PlanStatements::policy(StringRef name) const {
  return findBound(policies, name);
}

const StatedBound *PlanStatements::target(StringRef name) const {
  return findBound(targets, name);
}

static std::optional<Quantity> readQuantity(std::optional<QuantityAttr> attr) {
  return attr ? std::optional<Quantity>(attr->getQuantity()) : std::nullopt;
}

template <typename OpT>
static void readBounds(PlanOp plan, std::vector<StatedBound> &bounds) {
  for (auto op : plan.getBody().getOps<OpT>()) {
    // The attribute's verifier has read the text already.
    std::string error;
    if (auto bound = Bound::parse(op.getBound().getText(), error))
      bounds.push_back({op.getMetric().str(), *bound, sectionLoc(op)});
  }
}

static void readStated(PlanStatements &statements, StatedOp stated) {
  for (auto op : stated.getBody().getOps<GroupsOp>())
    statements.groups.push_back({op.getAxis(), toSigned(op.getCount()),
                                 toSigned(op.getSize()), sectionLoc(op)});
  for (auto op : stated.getBody().getOps<ExpertCountsOp>())
    statements.expertCounts = {{op.getCounts().begin(), op.getCounts().end()},
                               sectionLoc(op)};
  for (auto op : stated.getBody().getOps<CollectiveOp>())
    statements.collectives.push_back(
        {op.getKind(), op.getPurpose().value_or("").str(), op.getAxis(),
         sectionLoc(op), readQuantity(op.getTime()),
         op.getPer().value_or("").str()});
  for (auto op : stated.getBody().getOps<StatedModuleOp>())
    statements.modules.push_back(
        {op.getModule().str(), op.getRanks().value_or("").str(),
         op.getDevice().value_or("").str(), sectionLoc(op)});
  if (std::optional<QuantityAttr> overlap = stated.getOverlap())
    statements.overlap.emplace(overlap->getQuantity(),
                               fieldLoc(stated, "overlap"));
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
  readBounds<PolicyOp>(plan, policies);
  readBounds<TargetOp>(plan, targets);
}
