//===- CostDefaults.cpp - What an estimate takes for granted --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/Analysis/CostDefaults.h"

#include "moe/Cost/RecipeSettings.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::moe;

static std::string nameOf(cost::TokenDispatcher dispatcher) {
  switch (dispatcher) {
  case cost::TokenDispatcher::AllToAll:
    return "alltoall";
  case cost::TokenDispatcher::AllGather:
    return "allgather";
  case cost::TokenDispatcher::DeepEP:
    return "deepep";
  case cost::TokenDispatcher::HybridEP:
    return "hybridep";
  }
  llvm_unreachable("unknown dispatcher");
}

static std::string nameOf(cost::GraphScope scope) {
  switch (scope) {
  case cost::GraphScope::None:
    return "none";
  case cost::GraphScope::Parts:
    return "attn, moe_router, moe_preprocess";
  case cost::GraphScope::Step:
    return "full";
  }
  llvm_unreachable("unknown scope");
}

/// Whether the recipes of Megatron-Bridge speak for the plan.
static bool followsRecipes(const PlanModel &plan) {
  return plan.workload.isTraining() && plan.workload.softwareMonth > 0 &&
         plan.framework.value_or(Framework::Megatron) == Framework::Megatron;
}

std::vector<TakenSetting> moe::applyCostDefaults(const PlanModel &plan,
                                                 cost::Workload &workload) {
  const WorkloadFigures &stated = plan.workload;
  std::vector<TakenSetting> taken;
  cost::RecipeSettings settings;
  std::string source = "default";
  if (followsRecipes(plan)) {
    settings = cost::recipeSettings({plan.cluster.gpu, workload.precision,
                                     plan.model.firstSparse() != nullptr,
                                     stated.routing == RoutingKind::Natural,
                                     stated.softwareMonth});
    source = llvm::formatv("recipes of Megatron-Bridge, {0}-{1:2}",
                           (stated.softwareMonth - 1) / 12,
                           (stated.softwareMonth - 1) % 12 + 1);
  }
  if (!stated.cudaGraphStated) {
    workload.graphs = settings.graphs;
    taken.push_back({"cuda_graph", nameOf(settings.graphs), source});
  }
  if (!stated.tensorOverlap && plan.degrees.tp.value.value_or(1) > 1) {
    workload.tensorOverlap = settings.tensorOverlap;
    taken.push_back(
        {"tp_overlap", workload.tensorOverlap ? "true" : "false", source});
  }
  if (!plan.model.firstSparse())
    return taken;
  if (!stated.dispatcher) {
    workload.dispatcher = settings.dispatcher;
    taken.push_back({"dispatcher", nameOf(settings.dispatcher), source});
  }
  if (!stated.expertOverlap) {
    // Graphs of whole steps overlap as they are told; others do not.
    workload.expertOverlap =
        settings.expertOverlap && workload.graphs == cost::GraphScope::Step;
    taken.push_back(
        {"ep_overlap", workload.expertOverlap ? "true" : "false", source});
  }
  return taken;
}
