//===- Pipelines.cpp - Pass pipelines and registration --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::moe;

void moe::buildDecidePipeline(OpPassManager &pm) {
  OpPassManager &plan = pm.nest<PlanOp>();
  plan.addPass(createDeriveMeshes());
  plan.addPass(createDeriveStages());
  plan.addPass(createBalanceExperts());
  plan.addPass(createPlaceExperts());
}

void moe::buildLowerPipeline(OpPassManager &pm) {
  // What is lowered is correct by construction; a wrong plan has none.
  VerifyBalanceOptions legality;
  legality.legalityOnly = true;
  pm.addPass(createVerifyBalance(legality));
  buildDecidePipeline(pm);
  pm.addPass(createPartition());
  pm.addPass(createBuildLaunch());
  pm.addPass(createOrderRanks());
}

void moe::registerMoEPasses() {
  registerMoETransformsPasses();
  PassPipelineRegistration<>("moe-decide-pipeline",
                             "Decide meshes, stages and placements of plans",
                             buildDecidePipeline);
  PassPipelineRegistration<>("moe-lower-pipeline", "Lower plans to launches",
                             buildLowerPipeline);
}
