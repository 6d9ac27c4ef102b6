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
  std::string there = llvm::itostr(*cluster.nodes) + " nodes x " +
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

/// cluster-4: a GPU is a known one, or the plan states figures of its own. A
/// plan that states some is asked for the others where they are needed.
static void checkGpu(const ClusterFigures &cluster, FindingList &findings) {
  bool described = cluster.gpuMemory || cluster.peakBf16 || cluster.peakFp8 ||
                   cluster.intraNode || cluster.interNode;
  std::string unknown;
  if (cluster.gpu.empty() || described || lookupGpuPreset(cluster.gpu, unknown))
    return;
  Finding &finding =
      findings.add("cluster-4", Severity::Error, cluster.gpuWhere, unknown);
  finding.expected = oneOf(gpuPresetNames());
  finding.found = quoted(cluster.gpu);
  finding.notes.emplace_back(cluster.gpuWhere,
                             "a GPU of your own needs its figures: gpu_memory, "
                             "peak_bf16, peak_fp8, intra_node, inter_node");
}

/// compute-1: a stated peak is the one for dense matrices.
static void checkPeak(const ClusterFigures &cluster, StringRef key,
                      const std::optional<Quantity> &stated,
                      const SourcedQuantity &preset, Location where,
                      FindingList &findings) {
  if (!stated || stated->dimension() != preset.value.dimension())
    return;
  double factor = stated->toSI() / preset.value.toSI();
  // Data sheets print twice the dense peak for 2:4 sparse matrices.
  if (factor < 1.9 || factor > 2.1)
    return;
  Finding &finding = findings.add(
      "compute-1", Severity::Warning, where,
      key.str() + " = " + stated->str() + " is the peak of " + cluster.gpu +
          " with sparsity; dense it is " + preset.value.str());
  finding.expected = preset.value.str();
  finding.found = stated->str();
  finding.notes.emplace_back(where, preset.source.str());
  finding.fixes.push_back({"cluster." + key.str(),
                           "\"" + preset.value.str() + "\"",
                           "the dense peak; utilisation doubles with it"});
}

static void checkPeaks(const ClusterFigures &cluster, FindingList &findings) {
  std::string error;
  std::optional<GpuPreset> preset = lookupGpuPreset(cluster.gpu, error);
  if (!preset)
    return;
  checkPeak(cluster, "peak_bf16", cluster.peakBf16, preset->bf16Peak,
            cluster.peakBf16Where, findings);
  if (preset->fp8Peak)
    checkPeak(cluster, "peak_fp8", cluster.peakFp8, *preset->fp8Peak,
              cluster.peakFp8Where, findings);
}

/// dispatcher-1: DeepEP V1 reaches 20 nodes of 8 GPUs (NUM_MAX_RDMA_PEERS); its
/// low-latency kernels, which decoding uses, have no such limit.
static void checkDispatcher(const PlanModel &plan, FindingList &findings) {
  constexpr int64_t maxRanks = 160;
  const Figure &ep = plan.degrees.ep;
  if (plan.workload.dispatcher != Dispatcher::DeepEP ||
      plan.workload.mode == Mode::Decode || !ep || *ep <= maxRanks)
    return;
  StringRef gpu = plan.cluster.gpu;
  bool hopper = gpu.starts_with("H");
  Finding &finding = findings.add(
      "dispatcher-1", hopper ? Severity::Error : Severity::Warning, ep.where,
      "ep = " + llvm::itostr(*ep) + " is more than the " +
          llvm::itostr(maxRanks) + " ranks that DeepEP V1 reaches" +
          (hopper ? " on " + gpu.str() : ""));
  finding.expected = "at most " + llvm::itostr(maxRanks);
  finding.found = llvm::itostr(*ep);
  if (plan.model.firstSparse() && plan.model.firstSparse()->experts)
    for (int64_t value :
         divisorsNear(*plan.model.firstSparse()->experts, *ep, 4))
      if (value <= maxRanks)
        finding.fixes.push_back({"parallelism.ep", llvm::itostr(value),
                                 "DeepEP reaches that many ranks"});
}

void moe::checkCluster(const RuleInput &input, FindingList &findings) {
  checkWorldSize(input.model.cluster, findings);
  checkRanksPerNode(input.model.cluster, findings);
  checkGpu(input.model.cluster, findings);
  checkPeaks(input.model.cluster, findings);
  checkDispatcher(input.model, findings);
}
