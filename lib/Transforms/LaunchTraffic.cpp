//===- LaunchTraffic.cpp - What a step moves along grid dimensions --------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchTraffic.h"

#include "moe/Analysis/CostJob.h"
#include "moe/Analysis/GridAxes.h"
#include "moe/Analysis/ShardedWork.h"
#include "moe/Calibration/CalibrationFile.h"
#include "moe/Cost/CollectiveRuns.h"
#include <cmath>

using namespace mlir;
using namespace mlir::moe;
using cost::Count;

GroupDims moe::spannedDims(ArrayRef<int16_t> dims, shard::GridOp grid) {
  GroupDims spanned;
  for (int16_t dim : dims)
    if (grid.getShape()[dim] != 1)
      spanned.push_back(dim);
  llvm::sort(spanned);
  return spanned;
}

static CollectiveKind kindOf(cost::Collective kind) {
  switch (kind) {
  case cost::Collective::AllReduce:
    return CollectiveKind::AllReduce;
  case cost::Collective::AllGather:
    return CollectiveKind::AllGather;
  case cost::Collective::ReduceScatter:
    return CollectiveKind::ReduceScatter;
  case cost::Collective::AllToAll:
    return CollectiveKind::AllToAll;
  case cost::Collective::SendRecv:
    return CollectiveKind::SendRecv;
  }
  llvm_unreachable("unknown collective");
}

/// Axes over the same ranks share a group.
static std::map<GroupDims, GroupSends>
sendsOf(const cost::PartWork &step, const GridAxes &axes, shard::GridOp grid) {
  std::map<GroupDims, GroupSends> sends;
  step.forEachTraffic([&](cost::Axis axis, cost::Collective kind,
                          const cost::Traffic &traffic) {
    sends[spannedDims(axes.dims(axis), grid)][kindOf(kind)] += traffic.sent;
  });
  return sends;
}

/// Whether every collective of the stages is along an axis of the views.
static bool isAlongAxes(ModuleOp module, const GridAxes &axes) {
  return !module
              .walk([&](CollectiveOpInterface op) {
                return axes.find(op.getGroupDims()) ? WalkResult::advance()
                                                    : WalkResult::interrupt();
              })
              .wasInterrupted();
}

FailureOr<std::map<GroupDims, GroupSends>>
moe::countSends(ModuleOp module, shard::GridOp grid, PlanOp plan,
                const PlanModel &model) {
  std::map<GroupDims, GroupSends> most;
  std::string reason;
  std::optional<cost::Job> job =
      makeCostJob(model, PlanDecisions(plan), reason);
  GridAxes axes(module);
  if (!job || !isAlongAxes(module, axes))
    return most;
  // Bytes do not depend on how fast anything is.
  cost::Calibration calibration;
  FailureOr<std::vector<cost::StageWork>> stages =
      measureShardedStages(module, *job, calibration);
  if (failed(stages))
    return failure();
  for (size_t stage = 0; stage < stages->size(); ++stage) {
    cost::PartWork step = cost::trafficOfStep(
        *job, cost::trafficOfRank(*job, calibration, *stages, stage));
    for (const auto &[dims, kinds] : sendsOf(step, axes, grid))
      for (const auto &[kind, bytes] : kinds)
        most[dims][kind] = max(most[dims][kind], bytes);
  }
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
