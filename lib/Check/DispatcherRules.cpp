//===- DispatcherRules.cpp - Ranks that a dispatcher reaches --------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Arithmetic.h"
#include "Rules.h"
#include "moe/Hardware/GpuPreset.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

// DeepEP V1, the kernels for training and prefill. Its low-latency kernels,
// which decoding uses, have none of these limits.

/// csrc/kernels/configs.cuh: NUM_MAX_NVL_PEERS, NUM_MAX_RDMA_PEERS. Eight
/// neighbouring ranks of a group share NVLink.
static constexpr int64_t kNvlinkPeers = 8, kNodes = 20,
                         kMostRanks = kNvlinkPeers * kNodes;
/// Sizes of groups that it has a configuration for: deep_ep/buffer.py,
/// get_dispatch_config.
static constexpr int64_t kSizes[] = {2,  4,  8,  16,  24,  32,
                                     48, 64, 96, 128, 144, 160};

namespace {
/// What keeps DeepEP from a group of a plan.
struct BrokenLimit {
  std::string what;     ///< "ep = 256 is more than the 160 ranks"
  std::string expected; ///< "at most 160"
  std::string subject;  ///< the key that breaks it
};
} // namespace

/// Whether NVLink joins the hosts of a rack.
static bool joinsHosts(const ClusterFigures &cluster) {
  std::string error;
  std::optional<GpuPreset> gpu = lookupGpuPreset(cluster.gpu, error);
  bool byPreset = gpu && gpu->nvlinkDomain > gpu->gpusPerNode;
  return byPreset ||
         (cluster.nvlinkDomain.origin == Origin::Stated &&
          cluster.gpusPerNode && *cluster.nvlinkDomain > *cluster.gpusPerNode);
}

/// The first limit that the plan breaks.
static std::optional<BrokenLimit> brokenLimit(const PlanModel &plan) {
  int64_t ep = *plan.degrees.ep;
  const Figure &perNode = plan.cluster.gpusPerNode;
  std::string stated = "ep = " + llvm::itostr(ep);
  if (ep > kMostRanks)
    return BrokenLimit{stated + " is more than the " +
                           llvm::itostr(kMostRanks) +
                           " ranks that DeepEP V1 reaches",
                       "at most " + llvm::itostr(kMostRanks), "ep"};
  if (ep > 1 && !llvm::is_contained(kSizes, ep)) {
    std::string sizes;
    for (int64_t size : kSizes)
      sizes += (sizes.empty() ? "" : ", ") + llvm::itostr(size);
    return BrokenLimit{stated + " is no size of a group that DeepEP V1 knows",
                       "one of " + sizes, "ep"};
  }
  if (perNode && *perNode != kNvlinkPeers && ep > *perNode &&
      !joinsHosts(plan.cluster))
    return BrokenLimit{
        "DeepEP V1 takes " + llvm::itostr(kNvlinkPeers) +
            " neighbouring ranks of a group to share NVLink, but an ep group "
            "of " +
            llvm::itostr(ep) + " spans nodes of " + counted(*perNode, "GPU"),
        counted(kNvlinkPeers, "GPU") + " per node, or ep groups inside a node",
        "gpus_per_node"};
  return std::nullopt;
}

static void offerSizes(const PlanModel &plan, Finding &finding) {
  const LayerRun *run = plan.model.firstSparse();
  if (!run || !run->experts)
    return;
  for (int64_t value : divisorsNear(*run->experts, *plan.degrees.ep, 6))
    if (llvm::is_contained(kSizes, value))
      finding.fixes.push_back({"parallelism.ep", llvm::itostr(value),
                               "DeepEP reaches that many ranks"});
}

void moe::checkDispatcher(const RuleInput &input, FindingList &findings) {
  const PlanModel &plan = input.model;
  if (plan.workload.dispatcher != Dispatcher::DeepEP ||
      plan.workload.mode == Mode::Decode || !plan.degrees.ep)
    return;
  std::optional<BrokenLimit> broken = brokenLimit(plan);
  if (!broken)
    return;
  // Elsewhere other versions are in use: runs beyond the limits are published.
  std::string error;
  std::optional<GpuPreset> gpu = lookupGpuPreset(plan.cluster.gpu, error);
  bool hopper = gpu && gpu->architecture == "Hopper";
  const Figure &where =
      broken->subject == "ep" ? plan.degrees.ep : plan.cluster.gpusPerNode;
  Finding &finding = findings.add(
      "dispatcher-1", hopper ? Severity::Error : Severity::Warning, where.where,
      broken->what + (hopper ? " on " + gpu->name.str() : ""));
  finding.subject = broken->subject;
  finding.expected = broken->expected;
  finding.found = where.name + " = " + llvm::itostr(*where);
  offerSizes(plan, finding);
}
