//===- BalanceExperts.cpp - Placement by measured load --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/Remarks.h"
#include "moe/Analysis/ExpertSlots.h"
#include "moe/Analysis/RecordedLoad.h"
#include "moe/Transforms/Passes.h"
#include "moe/Wording/Wording.h"

using namespace mlir;

namespace mlir::moe {
#define GEN_PASS_DEF_BALANCEEXPERTS
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

using namespace mlir::moe;

namespace {
/// Replaces placements by ones that even out the measured load.
struct BalanceExperts : moe::impl::BalanceExpertsBase<BalanceExperts> {
  using BalanceExpertsBase::BalanceExpertsBase;

  void runOnOperation() override {
    PlanOp plan = getOperation();
    PlanModel model(plan);
    if (model.distribution.placement != PlacementKind::Balanced)
      return markAllAnalysesPreserved();
    for (const LayerRun &run : model.model.runs)
      if (run.sparse && failed(balance(plan, model, run)))
        return signalPassFailure();
  }

private:
  remark::RemarkOpts remarkOf(PlanOp plan) {
    return remark::RemarkOpts::name("balance-experts")
        .category("moe-balance")
        .function(plan.getSymName());
  }
  LogicalResult balance(PlanOp plan, const PlanModel &model,
                        const LayerRun &run);
  void write(PlanOp plan, MeshOp mesh, const LayerRun &run,
             const ExpertPlaces &places, DispatchRule dispatch);
};
} // namespace

template <typename DeclOp>
static DeclOp declOf(PlanOp plan, const LayerRun &run) {
  for (auto decl : plan.getBody().getOps<DeclOp>())
    if (decl.getLayers().getLeafReference() == run.name)
      return decl;
  return nullptr;
}

static MeshOp meshOfExperts(PlanOp plan) {
  for (auto mesh : plan.getBody().getOps<MeshOp>())
    if (mesh.getAxes().getPosition(AxisKind::Expert))
      return mesh;
  return nullptr;
}

static const RecordedTokens *recordedOf(const PlanModel &model,
                                        const LayerRun &run) {
  for (const RecordedTokens &recorded : model.distribution.recorded)
    if (recorded.layers == run.name)
      return &recorded;
  return nullptr;
}

/// What was reached, and what no placement could be below.
static void reportLoads(Location where, remark::RemarkOpts options,
                        const LayerRun &run, ArrayRef<RankLoad> loads) {
  double sum = 0, worst = 0, bound = 0;
  for (const RankLoad &load : loads) {
    sum += load.maxOverMean;
    worst = std::max(worst, load.maxOverMean);
    bound = std::max(bound, load.bound);
  }
  remark::passed(where, options)
      << remark::add("placed @{0} by load", run.name)
      << remark::metric("MeanMaxOverMean", sum / double(loads.size()))
      << remark::metric("WorstMaxOverMean", worst)
      << remark::metric("WorstLowerBound", bound);
}

LogicalResult BalanceExperts::balance(PlanOp plan, const PlanModel &model,
                                      const LayerRun &run) {
  const RecordedTokens *recorded = recordedOf(model, run);
  if (!recorded) {
    remark::missed(run.where, remarkOf(plan))
        << remark::reason("no measured load of @{0}", run.name)
        << remark::suggest("name a file of loads in 'experts.loads'");
    return success();
  }
  MeshOp mesh = meshOfExperts(plan);
  if (!mesh)
    return emitError(plan.getLoc())
           << "balancing experts needs a mesh with the axis 'ep'; run "
              "--moe-derive-meshes first";
  std::optional<int64_t> slots = slotsPerRank(model, run);
  if (!slots || !run.experts) {
    remark::missed(run.where, remarkOf(plan))
        << remark::reason("the slots of a rank for @{0} are not known",
                          run.name)
        << remark::suggest("say 'experts.count' of the model, or "
                           "'experts.slots_per_rank'");
    return success();
  }
  auto tokens = readTokens(*recorded, run);
  if (auto *fault = std::get_if<std::string>(&tokens))
    return emitError(recorded->where)
           << "the load of @" << run.name << ' ' << *fault;
  DispatchRule dispatch = model.distribution.dispatch;
  auto places =
      placeByLoad(std::get<ExpertTokens>(tokens),
                  *mesh.getAxes().getSize(AxisKind::Expert), *slots, dispatch);
  if (auto *fault = std::get_if<std::string>(&places))
    return emitError(recorded->where)
           << "the load of @" << run.name << " cannot be balanced: " << *fault;
  const auto &balanced = std::get<ExpertPlaces>(places);
  // The placement was proven, so that it has a load.
  auto loads = loadRanks(std::get<ExpertTokens>(tokens), balanced, dispatch);
  if (auto old = declOf<PlacementOp>(plan, run))
    old.erase();
  write(plan, mesh, run, balanced, dispatch);
  reportLoads(run.where, remarkOf(plan), run,
              std::get<std::vector<RankLoad>>(loads));
  return success();
}

void BalanceExperts::write(PlanOp plan, MeshOp mesh, const LayerRun &run,
                           const ExpertPlaces &places, DispatchRule dispatch) {
  OpBuilder builder(&getContext());
  builder.setInsertionPointToEnd(&plan.getBody().front());
  SmallVector<int64_t> shape = {places.ranks, places.slots};
  if (places.rows() > 1)
    shape.insert(shape.begin(), places.rows());
  auto model = plan.getSection<ModelOp>();
  auto layers =
      SymbolRefAttr::get(model.getSymNameAttr(),
                         {FlatSymbolRefAttr::get(&getContext(), run.name)});
  auto table = DenseIntElementsAttr::get(
      RankedTensorType::get(shape, builder.getI32Type()),
      ArrayRef<int32_t>(places.experts));
  auto placement = PlacementOp::create(
      builder, run.where, builder.getStringAttr("experts_" + run.name), layers,
      FlatSymbolRefAttr::get(mesh.getSymNameAttr()),
      builder.getI64IntegerAttr(places.slots),
      PlacementKindAttr::get(&getContext(), PlacementKind::Table), table);
  if (dispatch == DispatchRule::Weighted)
    placement->setAttr("moe.weights",
                       DenseFPElementsAttr::get(
                           RankedTensorType::get(shape, builder.getF64Type()),
                           ArrayRef<double>(places.shares)));
  ++numPlacements;
}
