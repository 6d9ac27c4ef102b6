//===- BuildLaunch.cpp - Sharded level to launch level --------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchTraffic.h"
#include "StageTransfers.h"

#include "moe/Analysis/PlanModel.h"
#include "moe/Topology/RankSpace.h"
#include "moe/Transforms/Passes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringExtras.h"
#include <map>
#include <numeric>

using namespace mlir;

namespace mlir::moe {
#define GEN_PASS_DEF_BUILDLAUNCH
#include "moe/Transforms/Passes.h.inc"
} // namespace mlir::moe

using namespace mlir::moe;

namespace {
using CollectiveSet = llvm::SmallSetVector<CollectiveKind, 4>;

/// Groups of the same ranks and what runs on them.
struct Communicator {
  SmallVector<AxisKind> axes;
  std::string name;
  SmallVector<std::string> aliases;
  RankGroups groups;
  CollectiveSet collectives;
  /// Of each of the collectives, where all are known.
  SmallVector<int64_t> sends;
};
} // namespace

/// Names the axes of `view` that together span exactly `dims`; nothing when
/// some axis lies only partly inside.
static std::optional<SmallVector<AxisKind>>
axesSpanning(ViewOp view, const GroupDims &dims) {
  SmallVector<AxisKind> axes;
  size_t covered = 0;
  for (auto [kind, list] :
       llvm::zip_equal(view.getAxes().getKinds(), view.getAxes().getDims())) {
    ArrayRef<int16_t> axis = list.asArrayRef();
    size_t inside = llvm::count_if(
        axis, [&](int16_t dim) { return llvm::is_contained(dims, dim); });
    if (inside != 0 && inside != axis.size())
      return std::nullopt;
    if (inside != 0)
      axes.push_back(kind);
    covered += inside;
  }
  if (covered != dims.size() || axes.empty())
    return std::nullopt;
  return axes;
}

/// `dp_cp`: the axes of a communicator as one identifier.
static std::string join(ArrayRef<AxisKind> axes) {
  std::string name;
  for (AxisKind axis : axes)
    name += (name.empty() ? "" : "_") + stringifyAxisKind(axis).str();
  return name;
}

/// The order in which communicators are created on every rank: by the axis that
/// the name starts with (tensor parallelism first, as its groups are the ones
/// training waits for most), then by name.
static unsigned creationRank(const Communicator &communicator) {
  static constexpr AxisKind order[] = {
      AxisKind::Tensor,  AxisKind::Context, AxisKind::ExpertTensor,
      AxisKind::Expert,  AxisKind::Data,    AxisKind::ExpertData,
      AxisKind::Pipeline};
  return llvm::find(order, communicator.axes.front()) - std::begin(order);
}

namespace {
/// Collects groups, hosts, stages and slots into one launch.
struct BuildLaunch : moe::impl::BuildLaunchBase<BuildLaunch> {
  using BuildLaunchBase::BuildLaunchBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto plans = llvm::to_vector(module.getOps<PlanOp>());
    auto grids = llvm::to_vector(module.getOps<shard::GridOp>());
    if (plans.size() != 1 || grids.size() != 1) {
      emitError(module.getLoc())
          << "expected one plan and one grid, found " << plans.size() << " and "
          << grids.size() << "; run --moe-partition first";
      return signalPassFailure();
    }
    if (failed(verifyStageTransfers(module)) ||
        failed(lower(plans.front(), grids.front())))
      return signalPassFailure();
    if (!keepStages)
      removeShardedLevel();
  }

private:
  LogicalResult lower(PlanOp plan, shard::GridOp grid) {
    PlanModel model(plan);
    int64_t worldSize = RankSpace(grid.getShape()).numRanks();
    if (worldSize > maxLaunchRanks)
      return emitError(model.cluster.worldSize.where)
             << "the plan has " << worldSize << " ranks, a launch has at most "
             << maxLaunchRanks;
    const Figure &gpusPerNode = model.cluster.gpusPerNode;
    if (!gpusPerNode)
      emitWarning(gpusPerNode.where)
          << "the plan does not state 'gpus_per_node': all " << worldSize
          << " ranks are put on one host";
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    auto launch = LaunchOp::create(
        builder, plan.getLoc(), builder.getStringAttr("launch"),
        FlatSymbolRefAttr::get(plan.getSymNameAttr()),
        builder.getI64IntegerAttr(worldSize),
        builder.getI64IntegerAttr(gpusPerNode.value.value_or(worldSize)),
        plan.getFrameworkAttr(), /*plan_digest=*/StringAttr(),
        /*node_lists=*/ArrayAttr(), /*gpu_nics=*/ArrayAttr(),
        /*gpu_numa=*/DenseI64ArrayAttr());
    if (auto cluster = plan.getSection<ClusterOp>())
      copyHardware(cluster, launch);
    builder.createBlock(&launch.getBody());
    writeTiers(builder, plan, model, launch);
    writeHosts(builder, launch, model.cluster.nodes);
    writeCoordinates(builder, plan);
    if (failed(writeCommunicators(builder, grid, plan, model)))
      return failure();
    writeStages(builder, plan);
    writeSlots(builder, plan, model);
    writeJob(plan, launch);
    writeFigures(builder, model);
    if (auto pipeline = plan.getSection<PipelineOp>())
      writeSchedule(builder, pipeline, model.degrees.schedule.has_value());
    if (auto cluster = plan.getSection<ClusterOp>())
      writeHardware(builder, cluster);
    for (auto target : plan.getBody().getOps<TargetOp>())
      builder.clone(*target);
    return success();
  }

  /// What topology files said of nodes and of the GPUs of one; a matrix of
  /// another number of GPUs is a finding of the plan.
  static void copyHardware(ClusterOp cluster, LaunchOp launch) {
    launch.setNodeListsAttr(cluster.getNodeListsAttr());
    if (cluster.getNvlinkGroups().value_or(ArrayRef<int64_t>()).size() !=
        launch.getGpusPerHost())
      return;
    launch.setGpuNicsAttr(cluster.getGpuNicsAttr());
    launch.setGpuNumaAttr(cluster.getGpuNumaAttr());
  }

  void writeTiers(OpBuilder &builder, PlanOp plan, const PlanModel &model,
                  LaunchOp launch) {
    auto attribute = [&](std::optional<int64_t> value) {
      return value ? builder.getI64IntegerAttr(*value) : IntegerAttr();
    };
    int64_t gpusPerHost = launch.getGpusPerHost();
    for (const TierFigures &tier : tiersOf(plan, model, gpusPerHost))
      TierOp::create(builder, launch.getLoc(), builder.getStringAttr(tier.name),
                     builder.getI64IntegerAttr(tier.gpus),
                     attribute(tier.latencyNs), attribute(tier.bytesPerSecond));
  }

  /// Ranks in their order, equally many on each of the plan's nodes (cluster-3)
  /// or as many as a host has GPUs.
  void writeHosts(OpBuilder &builder, LaunchOp launch, const Figure &nodes) {
    int64_t worldSize = launch.getWorldSize(), each = launch.getGpusPerHost();
    if (nodes && worldSize % *nodes == 0 && worldSize / *nodes <= each)
      each = worldSize / *nodes;
    SmallVector<int64_t> ranks;
    for (int64_t first = 0, host = 0; first < worldSize;
         first += each, ++host) {
      ranks.resize(std::min(each, worldSize - first));
      std::iota(ranks.begin(), ranks.end(), first);
      HostOp::create(builder, launch.getLoc(), builder.getI64IntegerAttr(host),
                     builder.getDenseI64ArrayAttr(ranks));
    }
  }

  void writeCoordinates(OpBuilder &builder, PlanOp plan) {
    for (auto mesh : plan.getBody().getOps<MeshOp>())
      CoordinatesOp::create(builder, mesh.getLoc(), mesh.getSymNameAttr(),
                            mesh.getAxes());
  }

  /// What runs on each group, over all stage functions.
  std::map<GroupDims, CollectiveSet> collectGroups(shard::GridOp grid) {
    std::map<GroupDims, CollectiveSet> groups;
    getOperation().walk([&](CollectiveOpInterface op) {
      GroupDims dims = spannedDims(op.getGroupDims(), grid);
      // A group of one rank exchanges nothing.
      if (!dims.empty())
        groups[dims].insert(op.getCollectiveKind());
    });
    return groups;
  }

  /// Fails when the views have no name for the ranks of a collective.
  LogicalResult writeCommunicators(OpBuilder &builder, shard::GridOp grid,
                                   PlanOp plan, const PlanModel &model) {
    RankSpace space(grid.getShape());
    FailureOr<std::map<GroupDims, GroupSends>> sends =
        countSends(getOperation(), grid, plan, model);
    if (failed(sends))
      return failure();
    std::vector<Communicator> communicators;
    std::map<GroupDims, CollectiveSet> groups = collectGroups(grid);
    // What backward passes alone run.
    for (auto &[dims, collectives] : groups)
      for (CollectiveKind kind : llvm::make_first_range((*sends)[dims]))
        collectives.insert(kind);
    for (const auto &[dims, collectives] : groups) {
      Communicator communicator;
      SmallVector<unsigned> axes(dims.begin(), dims.end());
      communicator.groups = space.groupsAlong(axes);
      communicator.collectives = collectives;
      for (CollectiveKind kind : collectives)
        if (cost::Count bytes = (*sends)[dims][kind])
          communicator.sends.push_back(*bytes);
      communicators.push_back(std::move(communicator));
    }
    nameCommunicators(communicators,
                      llvm::to_vector(llvm::make_first_range(groups)));
    for (const auto &[communicator, group] :
         llvm::zip_equal(communicators, llvm::make_first_range(groups)))
      if (communicator.name.empty())
        return emitError(grid.getLoc())
               << "a collective spans "
               << (group.size() == 1 ? "dimension " : "dimensions ")
               << llvm::join(llvm::map_range(group, llvm::itostr), ", ")
               << " of @" << grid.getSymName()
               << ", expected whole axes of one view";
    llvm::stable_sort(communicators, [](const auto &a, const auto &b) {
      return std::make_pair(creationRank(a), a.name) <
             std::make_pair(creationRank(b), b.name);
    });
    for (const Communicator &communicator : communicators)
      write(builder, grid.getLoc(), communicator);
    return success();
  }

  /// Names the communicators, which span `dims`, after the axes of the views. A
  /// name that two views give to different groups belongs to the first: under
  /// the product rule the `dp` of the plan is a part of attention's.
  void nameCommunicators(MutableArrayRef<Communicator> communicators,
                         ArrayRef<GroupDims> dims) {
    std::map<std::string, GroupDims> owners;
    for (auto view : getOperation().getOps<ViewOp>())
      for (auto [communicator, group] : llvm::zip_equal(communicators, dims))
        if (auto axes = axesSpanning(view, group))
          if (owners.try_emplace(join(*axes), group).first->second == group)
            addName(communicator, *axes);
  }

  /// The first name of a group is the communicator's, others are aliases.
  void addName(Communicator &communicator, ArrayRef<AxisKind> axes) {
    std::string name = join(axes);
    if (communicator.name.empty()) {
      communicator.axes.assign(axes.begin(), axes.end());
      communicator.name = name;
    } else if (communicator.name != name) {
      communicator.aliases.push_back(name);
      ++numMerged;
    }
  }

  void write(OpBuilder &builder, Location loc,
             const Communicator &communicator) {
    MLIRContext *ctx = &getContext();
    SmallVector<Attribute> kinds;
    for (CollectiveKind kind : communicator.collectives)
      kinds.push_back(CollectiveKindAttr::get(ctx, kind));
    SmallVector<StringRef> aliases(communicator.aliases.begin(),
                                   communicator.aliases.end());
    CommunicatorOp::create(
        builder, loc, builder.getStringAttr(communicator.name),
        AxisKindListAttr::get(ctx, communicator.axes),
        aliases.empty() ? ArrayAttr() : builder.getStrArrayAttr(aliases),
        BoxAttr::get(ctx, communicator.groups.groups),
        BoxAttr::get(ctx, communicator.groups.members),
        builder.getArrayAttr(kinds),
        communicator.sends.size() == kinds.size()
            ? builder.getDenseI64ArrayAttr(communicator.sends)
            : DenseI64ArrayAttr());
    ++numCommunicators;
  }

  /// By index, whatever order the plan lists them in.
  void writeStages(OpBuilder &builder, PlanOp plan) {
    auto pipeline = plan.getSection<PipelineOp>();
    if (!pipeline)
      return;
    auto stages = llvm::to_vector(pipeline.getBody().getOps<StageOp>());
    llvm::stable_sort(stages, [](StageOp a, StageOp b) {
      return a.getIndex() < b.getIndex();
    });
    for (StageOp stage : stages)
      builder.clone(*stage);
  }

  void writeSlots(OpBuilder &builder, PlanOp plan, const PlanModel &model) {
    for (auto placement : plan.getBody().getOps<PlacementOp>())
      for (const LayerRun &run : model.model.runs)
        if (run.name == placement.getLayers().getLeafReference() &&
            run.experts && placement.getTable()) {
          auto slots = ExpertSlotsOp::create(
              builder, placement.getLoc(), placement.getSymName(), run.begin,
              run.end, *run.experts, *model.degrees.etp, *placement.getTable());
          if (Attribute shares = placement->getAttr("moe.weights"))
            slots->setAttr("moe.weights", shares);
        }
  }

  /// What the ranks run, in the plan's own words; names that something else of
  /// the launch has become others.
  void writeJob(PlanOp plan, LaunchOp launch) {
    SymbolTable symbols(launch);
    if (auto model = plan.getSection<ModelOp>())
      symbols.insert(model->clone());
    if (auto workload = plan.getSection<WorkloadOp>())
      symbols.insert(workload->clone());
  }

  /// The numbers that everything else follows from, for the report.
  void writeFigures(OpBuilder &builder, const PlanModel &model) {
    const Degrees &degrees = model.degrees;
    auto write = [&](StringRef name, const Figure &figure) {
      if (figure)
        FigureOp::create(builder, figure.where, builder.getStringAttr(name),
                         builder.getStringAttr(std::to_string(*figure)),
                         builder.getStringAttr(figure.source));
    };
    write("ranks", model.cluster.worldSize);
    write("GPUs", model.cluster.gpus);
    write("GPUs per host", model.cluster.gpusPerNode);
    for (const Figure *degree :
         {&degrees.tp, &degrees.cp, &degrees.pp, &degrees.vpp, &degrees.dp,
          &degrees.ep, &degrees.etp, &degrees.edp})
      write(StringRef(degree->name).upper(), *degree);
    write("layers", model.model.layers);
  }

  /// In the words of plan files.
  void writeSchedule(OpBuilder &builder, PipelineOp pipeline, bool isStated) {
    Schedule schedule = pipeline.getSchedule();
    StringRef word = stringifySchedule(schedule);
    if (schedule != Schedule::Sequential)
      FigureOp::create(builder, pipeline.getLoc(), "schedule",
                       schedule == Schedule::OneFOneB ? "1f1b" : word,
                       isStated ? "stated" : "default");
  }

  /// What topology files said, for the report.
  void writeHardware(OpBuilder &builder, ClusterOp cluster) {
    auto write = [&](StringRef name, const Twine &value, StringRef source) {
      FigureOp::create(builder, cluster.getLoc(), builder.getStringAttr(name),
                       builder.getStringAttr(value),
                       builder.getStringAttr(source));
    };
    if (std::optional<uint64_t> nodes = cluster.getNodesPerSwitch())
      write("hosts that share a switch", Twine(*nodes),
            cluster.getNodeLists() ? "topology file" : "stated");
    StringRef tool = "nvidia-smi topo -m";
    if (std::optional<ArrayRef<int64_t>> groups = cluster.getNvlinkGroups()) {
      llvm::SmallSet<int64_t, 8> distinct(groups->begin(), groups->end());
      write("GPUs that NVLink joins in a host",
            Twine(groups->size()) + " in " + Twine(distinct.size()) +
                (distinct.size() == 1 ? " group" : " groups"),
            tool);
      write("adapters next to GPUs",
            cluster.getGpuNics()
                ? llvm::join(
                      cluster.getGpuNicsAttr().getAsValueRange<StringAttr>(),
                      ", ")
                : "none is",
            tool);
    }
  }

  void removeShardedLevel() {
    for (Operation &op :
         llvm::make_early_inc_range(getOperation().getBody()->getOperations()))
      if (isa<func::FuncOp, ViewOp, shard::GridOp>(op))
        op.erase();
  }
};
} // namespace
