//===- DeriveStages.cpp - Layers to pipeline stages -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PipelineWriter.h"

#include "moe/Analysis/StageDerivation.h"
#include "moe/Transforms/Passes.h"

using namespace mlir;

namespace mlir::moe {
#define GEN_PASS_DEF_DERIVESTAGES
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

using namespace mlir::moe;

namespace {
/// Writes the pipeline of a plan beside its meshes.
struct DeriveStages : moe::impl::DeriveStagesBase<DeriveStages> {
  void runOnOperation() override {
    PlanOp plan = getOperation();
    if (plan.getSection<PipelineOp>())
      return markAllAnalysesPreserved();
    auto model = plan.getSection<ModelOp>();
    auto mesh = plan.getSection<MeshOp>();
    PlanModel figures(plan);
    if (!model || !mesh) {
      emitError(figures.where)
          << "stages need the section 'model' and a mesh; run "
             "--moe-derive-meshes first";
      return signalPassFailure();
    }
    std::string error;
    std::optional<std::vector<DecidedStage>> stages =
        deriveStages(figures, error);
    if (!stages) {
      emitError(figures.degrees.layoutWhere)
          << "cannot derive stages: " << error;
      return signalPassFailure();
    }
    writePipeline(model, mesh, *stages);
    numStages += stages->size();
  }
};
} // namespace
