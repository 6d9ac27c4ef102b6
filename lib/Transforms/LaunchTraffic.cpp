//===- LaunchTraffic.cpp - What a step moves along grid dimensions --------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchTraffic.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "moe/Calibration/CalibrationFile.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;
using cost::Count;

GroupDims moe::spannedDims(CollectiveOpInterface op, shard::GridOp grid) {
  GroupDims dims;
  for (int16_t dim : op.getGroupDims())
    if (grid.getShape()[dim] != 1)
      dims.push_back(dim);
  llvm::sort(dims);
  return dims;
}

/// Passes over a stage in a step: forward and backward of every micro-batch.
static Count passesOf(const PlanModel &model) {
  if (!model.workload.isTraining())
    return 1;
  auto countOf = [](const Figure &figure) { return Count(figure.value); };
  Count micro = countOf(model.workload.microBatch);
  Count batch = countOf(model.workload.globalBatch);
  Count replicas = countOf(model.degrees.dp);
  return batch / (micro * replicas) * 2;
}

std::map<GroupDims, GroupSends>
moe::countSends(ModuleOp module, shard::GridOp grid, const PlanModel &model) {
  // By stage: the function @stage3 and its @stage3_gradients.
  std::map<std::string, std::map<GroupDims, GroupSends>> stages;
  Count passes = passesOf(model);
  for (auto function : module.getOps<func::FuncOp>()) {
    StringRef stage = function.getSymName();
    bool isOnce = stage.consume_back("_gradients");
    std::map<GroupDims, GroupSends> &sends = stages[stage.str()];
    function.walk([&](CollectiveOpInterface op) {
      GroupDims dims = spannedDims(op, grid);
      if (dims.empty())
        return;
      int64_t size = 1;
      for (int16_t dim : dims)
        size *= grid.getShape()[dim];
      sends[dims][op.getCollectiveKind()] +=
          Count(op.getSentBytes(size)) * (isOnce ? Count(1) : passes);
    });
  }
  std::map<GroupDims, GroupSends> most;
  for (const auto &[name, sends] : stages)
    for (const auto &[dims, kinds] : sends)
      for (const auto &[kind, bytes] : kinds)
        most[dims][kind] = max(most[dims][kind], bytes);
  return most;
}

static std::optional<int64_t> whole(double value) {
  if (!(value >= 1) || value > 9e18)
    return std::nullopt;
  return std::llround(value);
}

SmallVector<TierFigures> moe::tiersOf(PlanOp plan, const PlanModel &model,
                                      int64_t gpusPerHost) {
  const ClusterFigures &cluster = model.cluster;
  cost::Machine machine;
  machine.gpu = cluster.gpu;
  cost::Calibration constants =
      CalibrationFile::builtIn().resolve(machine, model.workload.softwareMonth);
  std::optional<int64_t> latency = whole(constants.transferSeconds * 1e9);
  auto rate = [](const std::optional<Quantity> &link, double share) {
    return link ? whole(link->toSI() * share) : std::nullopt;
  };
  std::optional<int64_t> inside =
      rate(cluster.intraNode, constants.nvlinkShare);
  std::optional<int64_t> outside =
      rate(cluster.interNode, constants.networkShare);

  SmallVector<TierFigures> tiers = {{"host", gpusPerHost, latency, inside}};
  auto add = [&](StringRef name, int64_t gpus, std::optional<int64_t> speed) {
    int64_t inner = tiers.back().gpus;
    if (gpus > inner && gpus % inner == 0)
      tiers.push_back({name, gpus, latency, speed});
  };
  int64_t world = cluster.worldSize.value.value_or(gpusPerHost);
  if (cluster.nvlinkDomain)
    add("nvlink",
        cost::alignedDomain(*cluster.nvlinkDomain, gpusPerHost, world), inside);
  auto section = plan.getSection<ClusterOp>();
  if (std::optional<uint64_t> nodes =
          section ? section.getNodesPerSwitch() : std::nullopt)
    add("switch", static_cast<int64_t>(*nodes) * gpusPerHost, outside);
  // The network reaches all: as many of the largest tier as there are.
  int64_t largest = tiers.back().gpus;
  add("network", llvm::divideCeil(world, largest) * largest, outside);
  return tiers;
}
