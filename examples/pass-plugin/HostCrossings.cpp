//===- HostCrossings.cpp - A pass of a user's own -------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `report-host-crossings` says of each communicator of a launch how many of its
// groups leave the host they start on, and fails where a site wants them kept
// inside: `report-host-crossings{inside=tp}`.
//
//===----------------------------------------------------------------------===//

#include "moe/IR/MoE.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm/Config/llvm-config.h"

using namespace mlir;

/// The host of every rank. A verified launch names each rank once.
static std::vector<int64_t> getHosts(moe::LaunchOp launch) {
  std::vector<int64_t> hosts(launch.getWorldSize());
  for (auto host : launch.getBody().getOps<moe::HostOp>())
    for (int64_t rank : host.getRanks())
      hosts[rank] = host.getIndex();
  return hosts;
}

/// Number of `groups` that hold ranks of several hosts.
static int64_t countCrossings(const moe::RankGroups &groups,
                              llvm::ArrayRef<int64_t> hosts) {
  int64_t crossings = 0;
  for (int64_t group = 0; group < groups.count(); ++group) {
    int64_t first = hosts[groups.rankAt(group, 0)];
    int64_t member = 1;
    while (member < groups.size() &&
           hosts[groups.rankAt(group, member)] == first)
      ++member;
    crossings += member < groups.size();
  }
  return crossings;
}

namespace {
struct HostCrossings
    : PassWrapper<HostCrossings, OperationPass<moe::LaunchOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(HostCrossings)

  HostCrossings() = default;
  HostCrossings(const HostCrossings &other) : PassWrapper(other) {}

  llvm::StringRef getArgument() const override {
    return "report-host-crossings";
  }
  llvm::StringRef getDescription() const override {
    return "Count the groups of each communicator that span several hosts";
  }
  void runOnOperation() override;

  ListOption<std::string> inside{
      *this, "inside",
      llvm::cl::desc("communicators that must not span hosts")};
};
} // namespace

void HostCrossings::runOnOperation() {
  std::vector<int64_t> hosts = getHosts(getOperation());
  for (auto comm : getOperation().getBody().getOps<moe::CommunicatorOp>()) {
    moe::RankGroups groups = comm.getRankGroups();
    int64_t crossings = countCrossings(groups, hosts);
    bool refuse =
        crossings > 0 && llvm::is_contained(inside, comm.getSymName());
    InFlightDiagnostic diag =
        refuse ? emitError(comm.getLoc()) : emitRemark(comm.getLoc());
    diag << crossings << " of " << groups.count() << " groups of @"
         << comm.getSymName() << " span several hosts";
    if (refuse)
      signalPassFailure();
  }
  markAllAnalysesPreserved();
}

extern "C" LLVM_ATTRIBUTE_WEAK PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "HostCrossings", LLVM_VERSION_STRING,
          [] { PassRegistration<HostCrossings>(); }};
}
