//===- TopologyRules.cpp - The cluster as its own tools see it ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `nvidia-smi topo -m` shows of a node against what the plan has of it.
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

static constexpr llvm::StringLiteral tool = "nvidia-smi topo -m";

static std::string gpuName(size_t index) { return "GPU" + llvm::utostr(index); }

/// cluster-6: nodes have as many GPUs as were seen on one. False if they have
/// others.
static bool checkCount(const ClusterFigures &cluster, int64_t seen,
                       Location where, FindingList &findings) {
  const Figure &perNode = cluster.gpusPerNode;
  if (!perNode || *perNode == seen)
    return true;
  Finding &finding = findings.add(
      "cluster-6", Severity::Error, perNode.where,
      "gpus_per_node is " + llvm::itostr(*perNode) + " (" + perNode.source +
          "), but " + tool.str() + " shows " + counted(seen, "GPU"));
  finding.expected = llvm::itostr(seen);
  finding.found = llvm::itostr(*perNode);
  finding.notes.emplace_back(where, "the file was given here");
  finding.fixes.push_back({"cluster.gpus_per_node", llvm::itostr(seen),
                           "what " + tool.str() + " shows"});
  return false;
}

/// The size of NVLink groups that are blocks of equally many neighbours.
static std::optional<int64_t> commonSize(ArrayRef<int64_t> groups) {
  auto size = static_cast<int64_t>(llvm::count(groups, groups.front()));
  for (auto [index, group] : llvm::enumerate(groups))
    if (group != static_cast<int64_t>(index) / size)
      return std::nullopt;
  return static_cast<int64_t>(groups.size()) % size == 0 ? std::optional(size)
                                                         : std::nullopt;
}

/// cluster-7: NVLink joins the GPUs that the plan counts on. What lies between
/// nodes, the file does not show.
static void checkNvlink(const ClusterFigures &cluster, ArrayRef<int64_t> groups,
                        Location where, FindingList &findings) {
  const Figure &domain = cluster.nvlinkDomain;
  auto seen = static_cast<int64_t>(groups.size());
  if (!domain || *domain < 1)
    return;
  int64_t block = std::min(*domain, seen);
  std::string stated = "nvlink_domain is " + llvm::itostr(*domain) + " (" +
                       domain.source + "), but " + tool.str();
  std::optional<int64_t> size = commonSize(groups);
  Finding *finding = nullptr;
  for (int64_t gpu = 0; gpu < seen && !finding; ++gpu) {
    int64_t first = gpu / block * block;
    if (groups[gpu] != groups[first])
      finding = &findings.add("cluster-7", Severity::Error, domain.where,
                              stated + " shows no NVLink between " +
                                  gpuName(first) + " and " + gpuName(gpu));
  }
  if (!finding && size && *size > block)
    finding =
        &findings.add("cluster-7", Severity::Warning, domain.where,
                      stated + " shows NVLink among " + counted(*size, "GPU"));
  if (!finding)
    return;
  finding->expected = "NVLink among " + counted(block, "GPU");
  finding->found = size ? "NVLink among " + counted(*size, "GPU")
                        : "groups of different sizes";
  finding->notes.emplace_back(where, "the file was given here");
  if (size)
    finding->fixes.push_back({"cluster.nvlink_domain", llvm::itostr(*size),
                              "what " + tool.str() + " shows"});
  else
    finding->notes.emplace_back(
        where, "GPUs of one board are joined alike: a link is down, or the "
               "process that ran it does not see all GPUs");
}

/// cluster-8: if some GPUs have a network adapter behind their PCIe switch, all
/// have.
static void checkAdapters(ArrayAttr adapters, Location where,
                          FindingList &findings) {
  SmallVector<std::string> without;
  for (auto [index, names] : llvm::enumerate(adapters.getAsRange<StringAttr>()))
    if (names.empty())
      without.push_back(gpuName(index));
  if (without.empty())
    return;
  SmallVector<StringRef> names(without.begin(), without.end());
  Finding &finding =
      findings.add("cluster-8", Severity::Warning, where,
                   "no network adapter is behind the PCIe switch of " +
                       llvm::join(names, ", ") +
                       ", the other GPUs have one: their traffic "
                       "passes the CPU, and every group waits for them");
  finding.expected = "PIX or PXB to an adapter for each GPU";
  finding.found =
      counted(static_cast<int64_t>(without.size()), "GPU") + " without";
}

void moe::checkTopology(const RuleInput &input, FindingList &findings) {
  PlanOp plan = input.plan;
  auto cluster = plan.getSection<ClusterOp>();
  if (!cluster || !cluster.getNvlinkGroups() ||
      cluster.getNvlinkGroups()->empty())
    return;
  Location where = fieldLoc(cluster, "topology");
  ArrayRef<int64_t> groups = *cluster.getNvlinkGroups();
  const ClusterFigures &figures = input.model.cluster;
  if (checkCount(figures, static_cast<int64_t>(groups.size()), where, findings))
    checkNvlink(figures, groups, where, findings);
  if (ArrayAttr adapters = cluster.getGpuNicsAttr())
    checkAdapters(adapters, where, findings);
}
