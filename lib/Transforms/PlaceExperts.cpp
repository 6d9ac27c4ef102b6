//===- PlaceExperts.cpp - Placement by rule -------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/ExpertSlots.h"
#include "moe/Transforms/Passes.h"
#include "moe/Wording/Wording.h"

using namespace mlir;

namespace mlir::moe {
#define GEN_PASS_DEF_PLACEEXPERTS
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

using namespace mlir::moe;

/// The mesh that has the `ep` axis, or null.
static MeshOp expertMesh(PlanOp plan) {
  for (auto mesh : plan.getBody().getOps<MeshOp>())
    if (mesh.getAxes().getPosition(AxisKind::Expert))
      return mesh;
  return nullptr;
}

namespace {
/// Writes a placement for every run of MoE layers that has none.
struct PlaceExperts : moe::impl::PlaceExpertsBase<PlaceExperts> {
  using PlaceExpertsBase::PlaceExpertsBase;

  void runOnOperation() override {
    PlanOp plan = getOperation();
    PlanModel model(plan);
    FailureOr<PlacementKind> rule = chooseRule(model);
    if (failed(rule))
      return signalPassFailure();
    for (const LayerRun &run : model.model.runs)
      if (run.sparse && !hasPlacement(plan, run) &&
          failed(place(plan, model, run, *rule)))
        return signalPassFailure();
  }

private:
  /// The rule of the option, else of the plan.
  FailureOr<PlacementKind> chooseRule(const PlanModel &model) {
    if (kind.empty()) {
      bool isOpen = llvm::any_of(model.model.runs, [&](const LayerRun &run) {
        return run.sparse && !hasPlacement(getOperation(), run);
      });
      if (isOpen && model.distribution.placement == PlacementKind::Balanced)
        emitWarning(model.distribution.where)
            << "placement 'balanced' starts contiguous: the plan has no loads "
               "to balance by";
      return model.distribution.placement == PlacementKind::RoundRobin
                 ? PlacementKind::RoundRobin
                 : PlacementKind::Contiguous;
    }
    std::optional<PlacementKind> rule = symbolizePlacementKind(kind);
    if (rule == PlacementKind::Contiguous || rule == PlacementKind::RoundRobin)
      return *rule;
    return emitError(model.where)
           << "unknown kind of placement " << quoted(kind.getValue())
           << ", expected 'contiguous' or 'round_robin'";
  }

  bool hasPlacement(PlanOp plan, const LayerRun &run) {
    return llvm::any_of(
        plan.getBody().getOps<PlacementOp>(), [&](PlacementOp placement) {
          return placement.getLayers().getLeafReference() == run.name;
        });
  }

  LogicalResult place(PlanOp plan, const PlanModel &model, const LayerRun &run,
                      PlacementKind rule) {
    MeshOp mesh = expertMesh(plan);
    if (!mesh)
      return emitError(plan.getLoc())
             << "placements need a mesh with the axis 'ep'; run "
                "--moe-derive-meshes first";
    // A model of unknown experts has nothing to place.
    std::optional<int64_t> slots = slotsPerRank(model, run);
    if (!slots || !run.experts)
      return success();
    int64_t ranks = *mesh.getAxes().getSize(AxisKind::Expert);
    if (*slots > std::numeric_limits<int32_t>::max() / ranks ||
        ranks * *slots < *run.experts)
      return emitError(run.where)
             << *run.experts << " experts do not fit " << ranks << " ranks of "
             << *slots << " slots";
    bool replicate = static_cast<bool>(model.distribution.slotsPerRank);
    write(plan, mesh, run,
          placeByRule(rule, *run.experts, ranks, *slots, replicate));
    if (replicate)
      numReplicas += ranks * *slots - *run.experts;
    return success();
  }

  void write(PlanOp plan, MeshOp mesh, const LayerRun &run,
             const ExpertSlots &slots) {
    OpBuilder builder(&getContext());
    builder.setInsertionPointToEnd(&plan.getBody().front());
    auto type = RankedTensorType::get({slots.ranks, slots.slotsPerRank},
                                      builder.getI32Type());
    auto model = plan.getSection<ModelOp>();
    auto layers =
        SymbolRefAttr::get(model.getSymNameAttr(),
                           {FlatSymbolRefAttr::get(&getContext(), run.name)});
    PlacementOp::create(
        builder, run.where, builder.getStringAttr("experts_" + run.name),
        layers, FlatSymbolRefAttr::get(mesh.getSymNameAttr()),
        builder.getI64IntegerAttr(slots.slotsPerRank),
        PlacementKindAttr::get(&getContext(), PlacementKind::Table),
        DenseIntElementsAttr::get(type, ArrayRef<int32_t>(slots.experts)));
    ++numPlacements;
  }
};
} // namespace
