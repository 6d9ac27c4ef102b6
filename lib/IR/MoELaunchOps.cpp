//===- MoELaunchOps.cpp - Verifiers of the launch level -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "moe/IR/MoE.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::moe;

RankGroups CommunicatorOp::getRankGroups() {
  return {getGroups().getBox(), getMembers().getBox()};
}

// launch-1 and launch-2: hosts hold every rank once and no more than they have
// GPUs.
static LogicalResult verifyHosts(LaunchOp launch) {
  int64_t worldSize = launch.getWorldSize();
  int64_t gpus = launch.getGpusPerHost();
  // Hosts are listed one by one, so a launch of more ranks than this would not
  // have been written; the limit keeps a corrupt number from taking all memory.
  constexpr int64_t maxRanks = int64_t(1) << 31;
  if (worldSize > maxRanks)
    return launch.emitOpError()
           << "has " << worldSize << " ranks, more than the " << maxRanks
           << " that can be launched [launch-1]";
  llvm::BitVector seen(worldSize);
  for (auto host : launch.getBody().getOps<HostOp>()) {
    if (static_cast<int64_t>(host.getRanks().size()) > gpus)
      return host.emitOpError()
             << "holds " << host.getRanks().size() << " ranks but has " << gpus
             << " GPUs [launch-2]";
    for (int64_t rank : host.getRanks()) {
      if (rank < 0 || rank >= worldSize)
        return host.emitOpError()
               << "holds rank " << rank << " outside the world of " << worldSize
               << " [launch-1]";
      if (seen.test(rank))
        return host.emitOpError() << "holds rank " << rank
                                  << ", which another host has [launch-1]";
      seen.set(rank);
    }
  }
  int missing = seen.find_first_unset();
  if (missing >= 0)
    return launch.emitOpError()
           << "puts rank " << missing << " on no host [launch-1]";
  return success();
}

// launch-3: groups partition the world, and partitions are distinct.
static LogicalResult verifyCommunicators(LaunchOp launch) {
  SmallVector<std::pair<RankGroups, CommunicatorOp>> earlier;
  for (auto comm : launch.getBody().getOps<CommunicatorOp>()) {
    RankGroups groups = comm.getRankGroups();
    if (!groups.partitions(launch.getWorldSize()))
      return comm.emitOpError() << "has groups that do not partition the "
                                << launch.getWorldSize() << " ranks [launch-3]";
    RankGroups canonical{groups.groups.simplified(),
                         groups.members.simplified()};
    auto *twin = llvm::find_if(
        earlier, [&](auto &other) { return other.first == canonical; });
    if (twin != earlier.end()) {
      InFlightDiagnostic diag = comm.emitOpError("has the groups of @")
                                << twin->second.getSymName()
                                << "; list it there as an alias [launch-3]";
      diag.attachNote(twin->second->getLoc()) << "communicator declared here";
      return diag;
    }
    earlier.emplace_back(canonical, comm);
  }
  return success();
}

// launch-4: the axes of each mesh multiply to the world size.
static LogicalResult verifyCoordinates(LaunchOp launch) {
  for (auto mesh : launch.getBody().getOps<CoordinatesOp>()) {
    std::optional<int64_t> ranks = mesh.getAxes().getNumRanks();
    if (!ranks || *ranks != static_cast<int64_t>(launch.getWorldSize()))
      return mesh.emitOpError()
             << "has axes for " << ranks.value_or(-1) << " ranks in a world of "
             << launch.getWorldSize() << " [launch-4]";
  }
  return success();
}

LogicalResult LaunchOp::verifyRegions() {
  return success(succeeded(verifyHosts(*this)) &&
                 succeeded(verifyCommunicators(*this)) &&
                 succeeded(verifyCoordinates(*this)));
}
