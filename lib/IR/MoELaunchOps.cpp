//===- MoELaunchOps.cpp - Verifiers of the launch level -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedVerifiers.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace mlir::moe;

RankGroups CommunicatorOp::getRankGroups() {
  return {getGroups().getBox(), getMembers().getBox()};
}

//===----------------------------------------------------------------------===//
// Hosts
//===----------------------------------------------------------------------===//

// launch-2: hosts are numbered from 0 in order and hold between one rank and as
// many as they have GPUs.
static LogicalResult verifyHost(HostOp host, int64_t number, int64_t gpus) {
  if (static_cast<int64_t>(host.getIndex()) != number)
    return host.emitOpError()
           << "is host " << host.getIndex() << " but comes at place " << number
           << "; number hosts from 0 in order [launch-2]";
  int64_t ranks = host.getRanks().size();
  if (ranks == 0)
    return host.emitOpError("holds no rank [launch-2]");
  if (ranks > gpus)
    return host.emitOpError() << "holds " << ranks << " ranks but has " << gpus
                              << " GPUs [launch-2]";
  return success();
}

// launch-1: the hosts hold every rank once.
static LogicalResult verifyRanks(LaunchOp launch, int64_t numListed) {
  int64_t worldSize = launch.getWorldSize();
  // Compared before anything is allocated: a corrupt world size must not take
  // more memory than the text that states it.
  if (numListed < worldSize)
    return launch.emitOpError() << "has hosts for " << numListed << " of its "
                                << worldSize << " ranks [launch-1]";
  llvm::BitVector seen(worldSize);
  for (auto host : launch.getBody().getOps<HostOp>())
    for (int64_t rank : host.getRanks()) {
      if (rank < 0 || rank >= worldSize)
        return host.emitOpError()
               << "holds rank " << rank << " outside the world of " << worldSize
               << " [launch-1]";
      if (seen.test(rank))
        return host.emitOpError() << "holds rank " << rank
                                  << ", which is listed before [launch-1]";
      seen.set(rank);
    }
  return success();
}

static LogicalResult verifyHosts(LaunchOp launch) {
  int64_t number = 0, numListed = 0;
  for (auto host : launch.getBody().getOps<HostOp>()) {
    if (failed(verifyHost(host, number++, launch.getGpusPerHost())))
      return failure();
    numListed += host.getRanks().size();
  }
  return verifyRanks(launch, numListed);
}

// launch-8: each tier holds a whole number of the one before it, the first at
// least the GPUs of a host.
static LogicalResult verifyTiers(LaunchOp launch) {
  int64_t inner = launch.getGpusPerHost();
  StringRef innerName = "a host";
  for (auto tier : launch.getBody().getOps<TierOp>()) {
    int64_t gpus = tier.getNumGpus();
    if (gpus < inner || gpus % inner != 0)
      return tier.emitOpError()
             << "has " << gpus << " GPUs, expected a multiple of the " << inner
             << " of " << innerName << " [launch-8]";
    inner = gpus;
    innerName = "the tier before it";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Communicators and coordinates
//===----------------------------------------------------------------------===//

// launch-9: `sends` has one number for each collective of `runs`, none
// negative.
static LogicalResult verifySends(CommunicatorOp comm) {
  std::optional<ArrayRef<int64_t>> sends = comm.getSends();
  if (!sends)
    return success();
  if (sends->size() != comm.getCollectives().size())
    return comm.emitOpError()
           << "has " << counted(sends->size(), "number") << " of bytes for "
           << counted(comm.getCollectives().size(), "collective")
           << " [launch-9]";
  for (int64_t bytes : *sends)
    if (bytes < 0)
      return comm.emitOpError() << "sends " << bytes << " bytes [launch-9]";
  return success();
}

// launch-3: groups partition the world, and partitions and names are distinct.
static LogicalResult verifyCommunicators(LaunchOp launch) {
  llvm::DenseMap<std::pair<Attribute, Attribute>, CommunicatorOp> partitions;
  llvm::StringSet<> names;
  MLIRContext *context = launch.getContext();
  for (auto comm : launch.getBody().getOps<CommunicatorOp>()) {
    if (failed(verifySends(comm)))
      return failure();
    RankGroups groups = comm.getRankGroups();
    if (!groups.partitions(launch.getWorldSize()))
      return comm.emitOpError() << "has groups that do not partition the "
                                << launch.getWorldSize() << " ranks [launch-3]";
    auto [twin, isNew] = partitions.try_emplace(
        {BoxAttr::get(context, groups.groups.simplified()),
         BoxAttr::get(context, groups.members.simplified())},
        comm);
    if (!isNew) {
      InFlightDiagnostic diag = comm.emitOpError("has the groups of @")
                                << twin->second.getSymName()
                                << "; list it there as an alias [launch-3]";
      diag.attachNote(twin->second->getLoc()) << "communicator declared here";
      return diag;
    }
    SmallVector<StringRef> ownNames{comm.getSymName()};
    if (ArrayAttr aliases = comm.getAliasesAttr())
      llvm::append_range(ownNames, aliases.getAsValueRange<StringAttr>());
    for (StringRef name : ownNames)
      if (!names.insert(name).second)
        return comm.emitOpError() << "is the second communicator called "
                                  << quoted(name) << " [launch-3]";
  }
  return success();
}

// launch-4: the axes of each mesh multiply to the world size.
static LogicalResult verifyCoordinates(LaunchOp launch) {
  for (auto mesh : launch.getBody().getOps<CoordinatesOp>()) {
    std::optional<int64_t> ranks = mesh.getAxes().getNumRanks();
    if (ranks == static_cast<int64_t>(launch.getWorldSize()))
      continue;
    InFlightDiagnostic diag = mesh.emitOpError("has axes for ");
    if (ranks)
      diag << *ranks;
    else
      diag << "more than 2^63";
    return diag << " ranks in a world of " << launch.getWorldSize()
                << " [launch-4]";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

// launch-5: stages are numbered from 0 in order and hold every layer from 0 on
// once.
static LogicalResult verifyStages(LaunchOp launch) {
  SmallVector<std::pair<LayerRangeAttr, StageOp>> ranges;
  int64_t number = 0;
  for (auto stage : launch.getBody().getOps<StageOp>()) {
    if (static_cast<int64_t>(stage.getIndex()) != number)
      return stage.emitOpError()
             << "is stage " << stage.getIndex() << " but comes at place "
             << number << "; number stages from 0 in order [launch-5]";
    ++number;
    for (auto range : stage.getLayers().getAsRange<LayerRangeAttr>())
      if (range.getBegin() != range.getEnd())
        ranges.emplace_back(range, stage);
  }
  llvm::stable_sort(ranges, [](auto &left, auto &right) {
    return left.first.getBegin() < right.first.getBegin();
  });
  int64_t next = 0;
  for (auto [range, stage] : ranges) {
    if (range.getBegin() != next)
      return stage.emitOpError()
             << "holds layers " << range.getBegin() << " to " << range.getEnd()
             << ", but the layers before end at " << next << " [launch-5]";
    next = range.getEnd();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Expert slots
//===----------------------------------------------------------------------===//

/// Verifies the slots of one layer, the entries of `table` from `offset` on:
/// every expert has one, and no rank holds an expert twice.
static LogicalResult
verifyLayerSlots(ExpertSlotsOp op, const IntegerTable &table, int64_t offset) {
  int64_t experts = op.getExperts();
  int64_t slots = table.shape().back();
  int64_t ranks = table.shape().drop_back().back();
  llvm::DenseMap<int64_t, int64_t> lastRankOf;
  for (int64_t slot = 0; slot < ranks * slots; ++slot) {
    int64_t expert = table[offset + slot], rank = slot / slots;
    if (expert == -1)
      continue;
    if (expert < 0 || expert >= experts)
      return op.emitOpError()
             << "names expert " << expert << ", but there are only " << experts
             << " [launch-6]";
    auto [last, isNew] = lastRankOf.try_emplace(expert, rank);
    if (!isNew && std::exchange(last->second, rank) == rank)
      return op.emitOpError()
             << "puts expert " << expert << " twice on expert-parallel rank "
             << rank << " [launch-6]";
  }
  if (static_cast<int64_t>(lastRankOf.size()) == experts)
    return success();
  int64_t missing = 0;
  while (lastRankOf.contains(missing))
    ++missing;
  return op.emitOpError() << "gives expert " << missing << " no slot; "
                          << lastRankOf.size() << " of " << experts
                          << " experts have one [launch-6]";
}

// launch-6: the table has a row per layer and rank, every expert has a slot in
// every layer, and no rank holds an expert of a layer twice.
LogicalResult ExpertSlotsOp::verify() {
  if (getEnd() <= getBegin())
    return emitOpError() << "expected a range of layers, found " << getBegin()
                         << " to " << getEnd() << " [launch-6]";
  FailureOr<IntegerTable> table = readTable(*this, getTable(), 2, 32);
  if (failed(table))
    return failure();
  bool perLayer = table->shape().size() == 3;
  int64_t layers = getEnd() - getBegin();
  if (perLayer && table->shape().front() != layers)
    return emitOpError() << "has a table for " << table->shape().front()
                         << " layers, but stands for " << layers
                         << " [launch-6]";
  int64_t tables = perLayer ? layers : 1;
  int64_t stride = table->size() / tables;
  for (int64_t layer = 0; layer < tables; ++layer)
    if (failed(verifyLayerSlots(*this, *table, layer * stride)))
      return failure();
  return success();
}

/// Size of an axis on any mesh of the launch, or nothing.
static std::optional<int64_t> sizeOfAxis(LaunchOp launch, AxisKind axis) {
  for (auto mesh : launch.getBody().getOps<CoordinatesOp>())
    for (auto [kind, size] :
         llvm::zip_equal(mesh.getAxes().getKinds(), mesh.getAxes().getSizes()))
      if (kind == axis)
        return size;
  return std::nullopt;
}

// launch-10: there are as many stages as `pp` has coordinates, and each
// `expert_slots` has a row for every coordinate of `ep`.
static LogicalResult verifyAxisUsers(LaunchOp launch) {
  auto stages = launch.getBody().getOps<StageOp>();
  int64_t numStages = std::distance(stages.begin(), stages.end());
  std::optional<int64_t> pp = sizeOfAxis(launch, AxisKind::Pipeline);
  if (pp && numStages != 0 && numStages != *pp)
    return launch.emitOpError()
           << "has " << counted(numStages, "stage") << ", but 'pp' has " << *pp
           << " coordinates [launch-10]";
  std::optional<int64_t> ep = sizeOfAxis(launch, AxisKind::Expert);
  for (auto slots : launch.getBody().getOps<ExpertSlotsOp>()) {
    int64_t ranks = cast<ShapedType>(slots.getTable().getType())
                        .getShape()
                        .drop_back()
                        .back();
    if (ep && ranks != *ep)
      return slots.emitOpError()
             << "has slots on " << counted(ranks, "expert-parallel rank")
             << ", but 'ep' has " << *ep << " coordinates [launch-10]";
  }
  return success();
}

// launch-11: what is known of GPUs is known of all GPUs of a host.
static LogicalResult verifyGpus(LaunchOp launch) {
  auto verify = [&](StringRef key,
                    std::optional<size_t> entries) -> LogicalResult {
    if (!entries || *entries == launch.getGpusPerHost())
      return success();
    return launch.emitOpError()
           << "has " << counted(static_cast<int64_t>(*entries), "value")
           << " in '" << key << "', but " << launch.getGpusPerHost()
           << " GPUs per host [launch-11]";
  };
  auto sizeOf = [](auto list) {
    return list ? std::optional<size_t>(list->size()) : std::nullopt;
  };
  return success(succeeded(verify("gpu_nics", sizeOf(launch.getGpuNics()))) &&
                 succeeded(verify("gpu_numa", sizeOf(launch.getGpuNuma()))));
}

LogicalResult SiteOp::verify() {
  return verifyKeyValues(*this, getEnvironmentNamesAttr(),
                         getEnvironmentValuesAttr(), "environment_names",
                         "environment_values");
}

LogicalResult LaunchOp::verifyRegions() {
  if (failed(
          verifyChildren<TierOp, HostOp, CoordinatesOp, CommunicatorOp, StageOp,
                         ExpertSlotsOp, ModelOp, WorkloadOp, FigureOp, RiskOp,
                         TargetOp, FindingOp, SiteOp>(*this)) ||
      failed(verifyAtMostOne<SiteOp>(*this, "launch-7")) ||
      failed(verifyAtMostOne<ModelOp>(*this, "launch-7")) ||
      failed(verifyAtMostOne<WorkloadOp>(*this, "launch-7")))
    return failure();
  return success(
      succeeded(verifyHosts(*this)) && succeeded(verifyTiers(*this)) &&
      succeeded(verifyCommunicators(*this)) &&
      succeeded(verifyCoordinates(*this)) && succeeded(verifyStages(*this)) &&
      succeeded(verifyAxisUsers(*this)) && succeeded(verifyGpus(*this)));
}
