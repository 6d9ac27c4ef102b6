//===- MoEPlanOps.cpp - Verifiers of the plan level -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Only what would make the text of a plan meaningless is rejected here; wrong
// arithmetic is a finding of `--verify-balance`.

#include "moe/IR/MoE.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace mlir::moe;

// plan-1: each section occurs at most once.
template <typename... Sections>
static LogicalResult verifySingle(PlanOp plan) {
  auto verifyOne = [&](auto ops) -> LogicalResult {
    if (llvm::range_size(ops) <= 1)
      return success();
    auto first = *ops.begin();
    InFlightDiagnostic diag =
        (*std::next(ops.begin()))->emitOpError("occurs twice in plan @")
        << plan.getSymName() << " [plan-1]";
    diag.attachNote(first->getLoc()) << "first declared here";
    return diag;
  };
  return success(
      (succeeded(verifyOne(plan.getBody().getOps<Sections>())) && ...));
}

// plan-2: claims have distinct ids, policies and targets distinct metrics.
template <typename OpT>
static LogicalResult verifyDistinct(PlanOp plan, StringRef what,
                                    StringRef (OpT::*name)()) {
  llvm::StringMap<OpT> seen;
  for (OpT op : plan.getBody().getOps<OpT>()) {
    auto [first, isNew] = seen.try_emplace((op.*name)(), op);
    if (isNew)
      continue;
    InFlightDiagnostic diag = op.emitOpError("declares the ")
                              << what << " " << quoted(first->getKey())
                              << " for the second time [plan-2]";
    diag.attachNote(first->second->getLoc()) << "first declared here";
    return diag;
  }
  return success();
}

LogicalResult PlanOp::verifyRegions() {
  if (failed(verifySingle<ClusterOp, ModelOp, WorkloadOp, ParallelismOp,
                          DistributionOp, StatedOp, PipelineOp>(*this)) ||
      failed(verifyDistinct(*this, "metric", &PolicyOp::getMetric)) ||
      failed(verifyDistinct(*this, "metric", &TargetOp::getMetric)))
    return failure();
  return verifyDistinct(*this, "claim", &ClaimOp::getId);
}

LogicalResult ParallelismOp::verify() {
  std::optional<int64_t> dp = getDp();
  if (dp && *dp < 1 && *dp != kAuto)
    return emitOpError() << "expected 'dp' to be at least 1 or 'auto', found "
                         << *dp;
  return success();
}

LogicalResult LayersOp::verify() {
  if (getEnd() < getBegin())
    return emitOpError() << "expected a range of layers, found " << getBegin()
                         << " to " << getEnd();
  return success();
}

// layers-1: at most one of `ffn` and `experts`; a router only with experts.
LogicalResult LayersOp::verifyRegions() {
  auto ffn = getBlock<FfnOp>();
  auto experts = getBlock<ExpertsOp>();
  auto router = getBlock<RouterOp>();
  if (ffn && experts) {
    InFlightDiagnostic diag = experts.emitOpError(
        "cannot share layers with a dense 'ffn' [layers-1]");
    diag.attachNote(ffn.getLoc()) << "dense block declared here";
    return diag;
  }
  if (router && !experts)
    return router.emitOpError("needs 'experts' to choose from [layers-1]");
  return success();
}

//===----------------------------------------------------------------------===//
// Decisions
//===----------------------------------------------------------------------===//

/// Fails unless `name` is a declaration of kind `OpT` in the plan around `op`.
template <typename OpT>
static LogicalResult verifyRefersTo(Operation *op, SymbolRefAttr name,
                                    StringRef what) {
  Operation *plan = op->getParentOfType<PlanOp>();
  if (isa_and_nonnull<OpT>(SymbolTable::lookupSymbolIn(plan, name)))
    return success();
  return op->emitOpError() << "refers to unknown " << what << " " << name;
}

LogicalResult MeshOp::verifySymbolUses(SymbolTableCollection &) {
  if (failed(verifyRefersTo<ClusterOp>(*this, getClusterAttr(), "cluster")))
    return failure();
  if (!getFoldsAttr())
    return success();
  return verifyRefersTo<MeshOp>(*this, getFoldsAttr(), "mesh");
}

LogicalResult PipelineOp::verifySymbolUses(SymbolTableCollection &) {
  return success(
      succeeded(verifyRefersTo<ModelOp>(*this, getModelAttr(), "model")) &&
      succeeded(verifyRefersTo<MeshOp>(*this, getMeshAttr(), "mesh")));
}

int64_t StageOp::getNumLayers() {
  int64_t layers = 0;
  for (auto range : getLayers().getAsRange<LayerRangeAttr>())
    layers += range.getEnd() - range.getBegin();
  return layers;
}

/// Fails unless `table` is an integer table of `minRank` or one more
/// dimensions.
static LogicalResult verifyTable(Operation *op, ElementsAttr table,
                                 int64_t minRank, unsigned width) {
  auto type = dyn_cast<RankedTensorType>(table.getType());
  if (type && type.getElementType().isInteger(width) &&
      (type.getRank() == minRank || type.getRank() == minRank + 1))
    return success();
  return op->emitOpError() << "expected a table of i" << width << " with "
                           << minRank << " or " << minRank + 1
                           << " dimensions, found " << table.getType();
}

LogicalResult LoadOp::verify() {
  return verifyTable(*this, getTokens(), 1, 64);
}

LogicalResult PlacementOp::verify() {
  bool isTable = getKind() == PlacementKind::Table;
  if (isTable != getTable().has_value())
    return emitOpError() << (isTable ? "expected a table after 'table'"
                                     : "has a table, but is not of kind "
                                       "'table'");
  if (!isTable)
    return success();
  if (failed(verifyTable(*this, *getTable(), 2, 32)))
    return failure();
  int64_t slots =
      cast<RankedTensorType>(getTable()->getType()).getShape().back();
  if (slots != static_cast<int64_t>(getSlotsPerRank()))
    return emitOpError() << "has 'slots' " << getSlotsPerRank()
                         << " but a table of " << slots << " slots per rank";
  return success();
}

LogicalResult PlacementOp::verifySymbolUses(SymbolTableCollection &) {
  if (failed(verifyRefersTo<LayersOp>(*this, getLayersAttr(), "layers")))
    return failure();
  if (!getMeshAttr())
    return success();
  return verifyRefersTo<MeshOp>(*this, getMeshAttr(), "mesh");
}

LogicalResult ExpertSlotsOp::verify() {
  if (failed(verifyTable(*this, getTable(), 2, 32)))
    return failure();
  int64_t experts = getExperts();
  for (APInt slot : getTable().getValues<APInt>())
    if (slot.getSExtValue() < -1 || slot.getSExtValue() >= experts)
      return emitOpError() << "names expert " << slot.getSExtValue()
                           << ", but there are only " << experts;
  return success();
}
