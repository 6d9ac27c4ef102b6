//===- LeastMemory.cpp - Open settings at their most favourable -----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LeastMemory.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// A key that is not stated, and the choice of it that needs least.
struct OpenSetting {
  StringRef key, value;
  bool open;
  void (*choose)(cost::Workload &);
};
} // namespace

/// The least that frameworks offer: formats are those of Megatron-Core's
/// precision-aware optimizer.
static std::vector<OpenSetting> openSettings(const WorkloadFigures &workload) {
  using cost::NumberFormat;
  return {{"workload.recompute", "full", !workload.recomputeStated,
           [](cost::Workload &to) {
             to.recompute.insert(cost::RecomputeModule::FullLayer);
           }},
          {"workload.optimizer.sharding", "fsdp", !workload.sharding,
           [](cost::Workload &to) {
             to.sharding = cost::StateSharding::FullyShared;
           }},
          {"workload.optimizer.moments", "fp8", !workload.moments,
           [](cost::Workload &to) { to.moments = NumberFormat::FP8; }},
          {"workload.optimizer.gradients", "bf16", !workload.gradients,
           [](cost::Workload &to) { to.gradients = NumberFormat::BF16; }},
          {"workload.optimizer.master", "bf16", !workload.master,
           [](cost::Workload &to) { to.master = NumberFormat::BF16; }},
          {"workload.fused_loss", "true", !workload.fusedLoss,
           [](cost::Workload &to) { to.fusedLoss = true; }},
          {"workload.ep_overlap", "false", !workload.expertOverlap,
           [](cost::Workload &to) { to.expertOverlap = false; }},
          {"workload.cuda_graph", "[]", !workload.cudaGraphStated,
           [](cost::Workload &to) { to.graphs = cost::GraphScope::None; }}};
}

LeastMemory moe::leastMemory(const RuleInput &input, double stated) {
  LeastMemory least{stated, {}};
  if (!input.model.workload.isTraining())
    return least;
  cost::Workspace workspace;
  cost::Estimate estimate;
  auto needed = [&](const cost::Job &job) {
    estimateJob(job, workspace, estimate);
    return static_cast<double>(estimate.deviceMemory().valueOr(0));
  };
  cost::Job job = *input.cost.legalJob();
  for (const OpenSetting &setting : openSettings(input.model.workload)) {
    if (!setting.open)
      continue;
    cost::Job alone = *input.cost.legalJob();
    setting.choose(alone.workload);
    double before = least.bytes;
    setting.choose(job.workload);
    least.bytes = std::min(before, needed(job));
    if (least.bytes < before || needed(alone) < stated)
      least.open.push_back((setting.key + " " + setting.value).str());
  }
  return least;
}
