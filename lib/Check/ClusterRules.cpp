//===- ClusterRules.cpp - Nodes, GPUs, and what they can do ---------------===//
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
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

/// cluster-1: no more ranks than GPUs; cluster-2: no GPU without a rank.
static void checkWorldSize(const ClusterFigures &cluster,
                           FindingList &findings) {
  const Figure &world = cluster.worldSize;
  Factors size = {&cluster.nodes, &cluster.gpusPerNode};
  std::optional<int64_t> gpus = size.value();
  if (size.known() && !gpus)
    findings.add("cluster-1", Severity::Error, cluster.nodes.where,
                 size.equation() + " are more GPUs than can be counted");
  if (!gpus || world.origin != Origin::Stated || *world == *gpus)
    return;
  std::string found = counted(*world, "rank");
  std::string there = counted(*cluster.nodes, "node") + " x " +
                      llvm::itostr(*cluster.gpusPerNode) +
                      " GPUs = " + llvm::itostr(*gpus);
  bool tooMany = *world > *gpus;
  Finding &finding = findings.add(
      tooMany ? "cluster-1" : "cluster-2",
      tooMany ? Severity::Error : Severity::Warning, world.where,
      tooMany ? "world_size is " + llvm::itostr(*world) + ", but there are " +
                    there + " GPUs"
              : counted(*gpus - *world, "GPU") + " of " + there +
                    " would be idle: world_size is " + llvm::itostr(*world));
  finding.expected = (tooMany ? "at most " : "") + counted(*gpus, "rank");
  finding.found = found;
  finding.notes.emplace_back(
      cluster.gpusPerNode.where,
      "gpus_per_node = " + llvm::itostr(*cluster.gpusPerNode) + " (" +
          cluster.gpusPerNode.source + ")");
  if (tooMany)
    finding.fixes.push_back(
        {"cluster.world_size", llvm::itostr(*gpus), "one rank per GPU"});
}

/// cluster-3: the ranks spread evenly over the nodes.
static void checkRanksPerNode(const ClusterFigures &cluster,
                              FindingList &findings) {
  const Figure &world = cluster.worldSize, &nodes = cluster.nodes;
  if (!world || !nodes || *world % *nodes == 0 || findings.has("cluster-1"))
    return;
  Finding &finding = findings.add(
      "cluster-3", Severity::Error, world.where,
      counted(*world, "rank") + " do not spread evenly over " +
          counted(*nodes, "node") + ": " + quotient(*world, *nodes));
  finding.expected = "a multiple of " + llvm::itostr(*nodes);
  finding.found = llvm::itostr(*world);
  for (int64_t value : divisorsNear(*world, *nodes, 2))
    finding.fixes.push_back(
        {"cluster.nodes", llvm::itostr(value),
         counted(*world / value, "rank") + " on each node"});
}

/// A name without what is easily mistyped: case, separators, and letters that
/// look like digits.
static std::string plainName(StringRef name) {
  std::string plain;
  for (char c : name.lower())
    if (llvm::isAlnum(c))
      plain += c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
  return plain;
}

/// "H100" for "H1OO" and "h-100"; empty where there is none.
static StringRef presetThatLooksLike(StringRef name) {
  for (StringRef preset : gpuPresetNames())
    if (plainName(preset) == plainName(name))
      return preset;
  return "";
}

/// cluster-4: a GPU is a known one, or the plan states figures of its own. A
/// plan that states some is asked for the others where they are needed.
static void checkGpu(const ClusterFigures &cluster, FindingList &findings) {
  bool described = cluster.gpuMemory || cluster.peakBf16 || cluster.peakFp8 ||
                   cluster.intraNode || cluster.interNode;
  std::string unknown;
  if (cluster.gpu.empty() || lookupGpuPreset(cluster.gpu, unknown))
    return;
  StringRef meant = presetThatLooksLike(cluster.gpu);
  // A GPU of one's own has a name of its own.
  if (described && meant.empty())
    return;
  Finding &finding = findings.add(
      "cluster-4", described ? Severity::Note : Severity::Error,
      cluster.gpuWhere,
      described
          ? quoted(cluster.gpu) +
                " is no preset, and has only the figures that are stated, did "
                "you mean " +
                quoted(meant) + "?"
          : unknown);
  finding.expected = oneOf(gpuPresetNames());
  finding.found = quoted(cluster.gpu);
  if (!described)
    finding.notes.emplace_back(
        cluster.gpuWhere, "a GPU of your own needs its figures: gpu_memory, "
                          "peak_bf16, peak_fp8, intra_node, inter_node");
}

/// cluster-5: NVLink joins equal parts of a node, or whole nodes, and no more
/// GPUs than there are.
static void checkDomain(const ClusterFigures &cluster, FindingList &findings) {
  const Figure &domain = cluster.nvlinkDomain, &perNode = cluster.gpusPerNode;
  if (domain.origin != Origin::Stated || !perNode)
    return;
  std::string stated = "nvlink_domain = " + llvm::itostr(*domain);
  if (*domain % *perNode != 0 && *perNode % *domain != 0) {
    Finding &finding =
        findings.add("cluster-5", Severity::Error, domain.where,
                     stated + " is neither a part of a node of " +
                         counted(*perNode, "GPU") + " nor whole nodes");
    finding.expected = "a divisor or a multiple of " + llvm::itostr(*perNode);
    finding.found = llvm::itostr(*domain);
    finding.notes.emplace_back(perNode.where,
                               "gpus_per_node = " + llvm::itostr(*perNode) +
                                   " (" + perNode.source + ")");
    finding.fixes.push_back({"cluster.nvlink_domain", llvm::itostr(*perNode),
                             "NVLink inside of each node"});
    return;
  }
  // A few nodes of a rack still belong to all of its domain.
  std::string error;
  std::optional<GpuPreset> gpu = lookupGpuPreset(cluster.gpu, error);
  int64_t rack = gpu ? gpu->nvlinkDomain : *perNode;
  std::optional<int64_t> most =
      cluster.gpus ? times(ceilDiv(*cluster.gpus, rack), rack) : std::nullopt;
  if (!most || *domain <= *most)
    return;
  Finding &finding = findings.add(
      "cluster-5", Severity::Warning, domain.where,
      stated + " is more than the " + counted(*cluster.gpus, "GPU") +
          " of the cluster" +
          (*most > *cluster.gpus
               ? ", also with the rest of a rack of " + llvm::itostr(rack)
               : ""));
  finding.expected = "at most " + llvm::itostr(*most);
  finding.found = llvm::itostr(*domain);
}

void moe::checkCluster(const RuleInput &input, FindingList &findings) {
  checkWorldSize(input.model.cluster, findings);
  checkRanksPerNode(input.model.cluster, findings);
  checkGpu(input.model.cluster, findings);
  checkDomain(input.model.cluster, findings);
}
