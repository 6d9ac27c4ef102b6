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

/// Whether tensor cores of the GPU multiply numbers of a format.
static bool computes(const GpuPreset &gpu, Precision format) {
  switch (format) {
  case Precision::FP32:
  case Precision::FP16:
  case Precision::BF16:
    return true;
  case Precision::FP8:
    return gpu.fp8Peak.has_value();
  // Tensor cores that scale blocks of numbers are those that know four bits.
  case Precision::MXFP8:
  case Precision::NVFP4:
    return gpu.fp4Peak.has_value();
  }
  llvm_unreachable("unknown precision");
}

static std::string gpusThatCompute(Precision format) {
  SmallVector<StringRef> names;
  std::string error;
  for (StringRef name : gpuPresetNames())
    if (computes(*lookupGpuPreset(name, error), format))
      names.push_back(name);
  return oneOf(names);
}

/// compute-7: the GPU multiplies numbers in the format of the plan. Serving may
/// keep weights in a format and unpack them.
static void checkFormat(const PlanModel &plan, FindingList &findings) {
  Precision format = plan.workload.precision;
  std::string error;
  std::optional<GpuPreset> gpu = lookupGpuPreset(plan.cluster.gpu, error);
  if (!gpu || computes(*gpu, format))
    return;
  std::string word = stringifyEnum(format).str();
  bool training = plan.workload.isTraining();
  Finding &finding = findings.add(
      "compute-7", training ? Severity::Error : Severity::Warning,
      plan.workload.precisionWhere,
      gpu->name.str() + " has no tensor cores for " + word +
          (training ? ", in which the plan trains"
                    : ": weights may be kept in it, but their products run in "
                      "a wider format"));
  finding.expected = "tensor cores for " + word;
  finding.found = gpu->name.str();
  finding.notes.emplace_back(plan.cluster.gpuWhere,
                             "GPUs that have them: " + gpusThatCompute(format));
  for (Precision other : {Precision::FP8, Precision::BF16})
    if (other != format && computes(*gpu, other))
      finding.fixes.push_back({"workload.precision",
                               "\"" + stringifyEnum(other).str() + "\"",
                               gpu->name.str() + " multiplies such numbers"});
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
  checkDomain(input.model.cluster, findings);
  checkPeaks(input.model.cluster, findings);
  checkFormat(input.model, findings);
  checkDispatcher(input.model, findings);
}
