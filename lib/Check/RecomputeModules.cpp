//===- RecomputeModules.cpp - Parts a backward pass computes again --------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RecomputeModules.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;
using cost::RecomputeModule;

static constexpr NamedModule modules[] = {
    {"core_attn", RecomputeModule::CoreAttention, false, ""},
    {"mla_up_proj", RecomputeModule::MlaUpProjection, false,
     "latent attention"},
    {"layernorm", RecomputeModule::LayerNorm, false, ""},
    {"moe_act", RecomputeModule::MoEActivation, true, "experts"},
    {"mlp", RecomputeModule::FeedForward, false, "dense feed-forward layers"},
    {"moe", RecomputeModule::MoE, true, "experts"},
    {"shared_experts", RecomputeModule::SharedExperts, true, "shared experts"}};

llvm::ArrayRef<NamedModule> moe::recomputeModules() { return modules; }

static bool isPartOf(const LayerRun &run, RecomputeModule module) {
  switch (module) {
  case RecomputeModule::CoreAttention:
  case RecomputeModule::LayerNorm:
  case RecomputeModule::FullLayer:
    return true;
  case RecomputeModule::MlaUpProjection:
    return run.isLatentAttention();
  case RecomputeModule::FeedForward:
    return !run.sparse;
  case RecomputeModule::MoEActivation:
  case RecomputeModule::MoE:
    return run.sparse;
  case RecomputeModule::SharedExperts:
    return run.sparse && run.sharedExperts > 0;
  }
  llvm_unreachable("unknown module");
}

bool moe::hasPart(const ModelFigures &model, RecomputeModule module) {
  return model.runs.empty() ||
         llvm::any_of(model.runs, [&](const LayerRun &run) {
           return isPartOf(run, module);
         });
}
