//===- DeriveMeshes.cpp - Degrees to mesh operations ----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/MeshDerivation.h"
#include "moe/Transforms/Passes.h"

using namespace mlir;

namespace mlir::moe {
#define GEN_PASS_DEF_DERIVEMESHES
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

using namespace mlir::moe;

static AxesAttr toAttr(MLIRContext *ctx, const MeshAxes &mesh) {
  return AxesAttr::get(ctx, mesh.kinds, mesh.sizes);
}

namespace {
/// Writes the meshes of a plan beside its parallelism.
struct DeriveMeshes : moe::impl::DeriveMeshesBase<DeriveMeshes> {
  void runOnOperation() override {
    PlanOp plan = getOperation();
    if (plan.getSection<MeshOp>())
      return markAllAnalysesPreserved();
    auto cluster = plan.getSection<ClusterOp>();
    auto parallelism = plan.getSection<ParallelismOp>();
    if (!cluster || !parallelism) {
      emitError(plan.getLoc()) << "meshes need the sections 'cluster' and "
                                  "'parallelism' of the plan";
      return signalPassFailure();
    }
    auto derived = deriveMeshes(PlanModel(plan).degrees);
    if (auto *error = std::get_if<std::string>(&derived)) {
      emitError(parallelism.getLoc()) << "cannot derive meshes: " << *error;
      return signalPassFailure();
    }
    write(std::get<DerivedMeshes>(derived), parallelism, cluster);
  }

private:
  void write(const DerivedMeshes &meshes, ParallelismOp parallelism,
             ClusterOp cluster) {
    MLIRContext *ctx = &getContext();
    OpBuilder builder(ctx);
    builder.setInsertionPointAfter(parallelism);
    auto on = FlatSymbolRefAttr::get(cluster.getSymNameAttr());
    StringRef name = meshes.expert ? "attention" : "all";
    MeshOp::create(builder, parallelism.getLoc(), builder.getStringAttr(name),
                   toAttr(ctx, meshes.attention), on,
                   /*folds=*/FlatSymbolRefAttr(),
                   /*keeping=*/AxisKindListAttr());
    ++numMeshes;
    if (!meshes.expert)
      return;
    MeshOp::create(builder, parallelism.getLoc(),
                   builder.getStringAttr("expert"), toAttr(ctx, *meshes.expert),
                   on, FlatSymbolRefAttr::get(ctx, name),
                   AxisKindListAttr::get(ctx, {AxisKind::Pipeline}));
    ++numMeshes;
  }
};
} // namespace
