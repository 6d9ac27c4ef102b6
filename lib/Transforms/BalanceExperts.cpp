//===- BalanceExperts.cpp - Placement by measured load --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/Remarks.h"
#include "moe/Analysis/ExpertSlots.h"
#include "moe/Balance/Solvers.h"
#include "moe/Transforms/Passes.h"
#include "moe/Wording/Wording.h"

using namespace mlir;

namespace mlir::moe {
#define GEN_PASS_DEF_BALANCEEXPERTS
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

using namespace mlir::moe;

namespace {
/// The placements of the layers of one run, and how good they are.
struct BalancedRun {
  int64_t ranks = 0, slots = 0;
  std::vector<int32_t> experts;
  std::vector<double> weights;
  double mean = 0, worst = 0, bound = 0; // max over mean
};

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
  FailureOr<BalancedRun> solve(LoadOp load, const LayerRun &run, int64_t ranks,
                               int64_t slots, Dispatch dispatch);
  void write(PlanOp plan, MeshOp mesh, const LayerRun &run,
             const BalancedRun &balanced, Dispatch dispatch);
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

LogicalResult BalanceExperts::balance(PlanOp plan, const PlanModel &model,
                                      const LayerRun &run) {
  auto load = declOf<LoadOp>(plan, run);
  if (!load) {
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
  if (!slots || !run.experts)
    return success();
  Dispatch dispatch = model.distribution.dispatch == DispatchRule::Weighted
                          ? Dispatch::Weighted
                          : Dispatch::Even;
  FailureOr<BalancedRun> balanced = solve(
      load, run, *mesh.getAxes().getSize(AxisKind::Expert), *slots, dispatch);
  if (failed(balanced))
    return failure();
  if (auto old = declOf<PlacementOp>(plan, run))
    old.erase();
  write(plan, mesh, run, *balanced, dispatch);
  remark::passed(run.where, remarkOf(plan))
      << remark::add("placed @{0} by load", run.name)
      << remark::metric("MeanMaxOverMean", balanced->mean)
      << remark::metric("WorstMaxOverMean", balanced->worst)
      << remark::metric("WorstLowerBound", balanced->bound);
  return success();
}

FailureOr<BalancedRun> BalanceExperts::solve(LoadOp load, const LayerRun &run,
                                             int64_t ranks, int64_t slots,
                                             Dispatch dispatch) {
  BalancedRun balanced;
  balanced.ranks = ranks;
  balanced.slots = slots;
  auto tokens = llvm::to_vector(load.getTokens().getValues<int64_t>());
  int64_t rows = int64_t(tokens.size()) / *run.experts;
  for (int64_t row = 0; row < rows; ++row) {
    PlacementProblem problem;
    problem.ranks = ranks;
    problem.slots = slots;
    auto first = tokens.begin() + row * *run.experts;
    problem.loads.assign(first, first + *run.experts);
    std::vector<std::string> faults = problem.check();
    PlacementResult result;
    PlacementCertificate found;
    if (faults.empty()) {
      result = dispatch == Dispatch::Even ? solveEven(problem)
                                          : solveWeighted(problem);
      found = problem.verify(result, Duplicates::Forbidden, dispatch);
      faults = found.faults;
    }
    if (!faults.empty())
      return emitError(load.getLoc())
             << "row " << row
             << " of the loads cannot be balanced: " << faults.front();
    balanced.mean += found.maxOverMean() / double(rows);
    balanced.worst = std::max(balanced.worst, found.maxOverMean());
    balanced.bound = std::max(balanced.bound, found.boundOverMean());
    llvm::append_range(balanced.experts, result.experts);
    llvm::append_range(balanced.weights, result.weights);
  }
  return balanced;
}

void BalanceExperts::write(PlanOp plan, MeshOp mesh, const LayerRun &run,
                           const BalancedRun &balanced, Dispatch dispatch) {
  OpBuilder builder(&getContext());
  builder.setInsertionPointToEnd(&plan.getBody().front());
  int64_t perLayer = balanced.ranks * balanced.slots;
  SmallVector<int64_t> shape = {balanced.ranks, balanced.slots};
  if (int64_t rows = int64_t(balanced.experts.size()) / perLayer; rows > 1)
    shape.insert(shape.begin(), rows);
  auto model = plan.getSection<ModelOp>();
  auto layers =
      SymbolRefAttr::get(model.getSymNameAttr(),
                         {FlatSymbolRefAttr::get(&getContext(), run.name)});
  auto table = DenseIntElementsAttr::get(
      RankedTensorType::get(shape, builder.getI32Type()),
      ArrayRef<int32_t>(balanced.experts));
  auto placement = PlacementOp::create(
      builder, run.where, builder.getStringAttr("experts_" + run.name), layers,
      FlatSymbolRefAttr::get(mesh.getSymNameAttr()),
      builder.getI64IntegerAttr(balanced.slots),
      PlacementKindAttr::get(&getContext(), PlacementKind::Table), table);
  if (dispatch == Dispatch::Weighted)
    placement->setAttr("moe.weights",
                       DenseFPElementsAttr::get(
                           RankedTensorType::get(shape, builder.getF64Type()),
                           ArrayRef<double>(balanced.weights)));
  ++numPlacements;
}
