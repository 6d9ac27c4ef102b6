//===- EstimateAssumptions.cpp - What an estimate takes for granted -------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EstimatePlan.h"

#include "moe/Analysis/CostDefaults.h"
#include "moe/Analysis/CostJob.h"
#include "moe/Hardware/GpuPreset.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Collects assumptions, section by section.
class AssumptionList {
public:
  void enter(StringRef name) { section = name; }
  void add(StringRef key, std::string value, std::string origin) {
    list.push_back(
        {(section + "." + key).str(), std::move(value), std::move(origin)});
  }
  /// The default of a figure that is not stated.
  void addDefault(bool stated, StringRef key, std::string value) {
    if (!stated)
      add(key, std::move(value), "default");
  }
  void addFigure(const Figure &figure) {
    if (figure && figure.origin != Origin::Stated)
      add(figure.name, llvm::itostr(*figure), figure.source);
  }
  std::vector<Assumption> list;

private:
  StringRef section;
};
} // namespace

static void addModel(AssumptionList &list, const ModelFigures &model) {
  list.enter("model");
  for (const std::string &name : model.assumed)
    list.add(name, "as in its class",
             "Hugging Face's configuration class of " + model.type);
  for (const LayerRun &run : model.runs)
    if (std::optional<int64_t> size = headDimOf(model, run);
        size && !run.headDim) {
      list.add("head_dim", llvm::itostr(*size),
               "hidden_size / num_attention_heads");
      break;
    }
  list.addDefault(model.tiedEmbeddings.has_value(), "tie_word_embeddings",
                  "false");
  for (const std::string &part : model.notDescribed)
    list.add("not in any number here", part, "no figure describes it");
}

static void addCluster(AssumptionList &list, ClusterOp op,
                       const ClusterFigures &cluster) {
  list.enter("cluster");
  list.addFigure(cluster.gpusPerNode);
  list.addFigure(cluster.nvlinkDomain);
  std::string error;
  std::optional<GpuPreset> preset = lookupGpuPreset(cluster.gpu, error);
  if (!preset || !op)
    return;
  auto add = [&](bool stated, StringRef key, const SourcedQuantity &figure) {
    if (!stated)
      list.add(key, figure.value.str(), figure.source.str());
  };
  add(op.getGpuMemory().has_value(), "gpu_memory", preset->memory);
  if (cluster.usableMemory)
    list.add("gpu_memory, usable", preset->usableMemory.value.str(),
             preset->usableMemory.source.str());
  add(op.getMemoryBandwidth().has_value(), "memory_bandwidth",
      preset->memoryBandwidth);
  add(op.getPeakBf16().has_value(), "peak_bf16", preset->bf16Peak);
  if (preset->fp8Peak)
    add(op.getPeakFp8().has_value(), "peak_fp8", *preset->fp8Peak);
  add(op.getIntraNode().has_value(), "intra_node", preset->nvlink);
  add(op.getInterNode().has_value(), "inter_node", preset->interNode);
}

/// What only training asks for.
static void addTraining(AssumptionList &list, const WorkloadFigures &workload) {
  list.addDefault(workload.recomputeStated, "recompute", "none");
  list.addDefault(workload.moments.has_value(), "optimizer.moments", "fp32");
  list.addDefault(workload.gradients.has_value(), "optimizer.gradients",
                  "fp32");
  // FP32 weights are their own main copy.
  if (workload.precision != Precision::FP32)
    list.addDefault(workload.master.has_value(), "optimizer.master", "fp32");
  list.addDefault(workload.sharding.has_value(), "optimizer.sharding", "none");
}

/// 2026 x 12 + 8 ~> "2026-08".
static std::string monthText(int64_t month) {
  int64_t ofYear = (month - 1) % 12 + 1;
  return llvm::itostr((month - 1) / 12) + (ofYear < 10 ? "-0" : "-") +
         llvm::itostr(ofYear);
}

static void addNaturalRouting(AssumptionList &list,
                              const WorkloadFigures &workload) {
  if (workload.isTraining())
    list.add("routing, fullest rank", "1.1 x the mean",
             "release tests of Megatron-LM: 1.06 to 1.2");
  else
    list.add("routing, fullest rank", "1.2 x the mean",
             "SGLang on 32 H100, with and without balanced experts: 1.18");
}

static void addWorkload(AssumptionList &list, WorkloadOp op,
                        const PlanModel &plan, const RecordedLoads &loads,
                        int64_t newestSoftware) {
  const WorkloadFigures &workload = plan.workload;
  list.enter("workload");
  list.addDefault(op && op.getPrecision(), "precision", "bf16");
  if (workload.isTraining())
    addTraining(list, workload);
  if (!loads.coverAll(plan.model)) {
    list.addDefault(workload.routing.has_value(), "routing", "balanced");
    if (workload.routing == RoutingKind::Natural && !workload.capacityPermille)
      addNaturalRouting(list, workload);
  }
  cost::Workload settings = costWorkloadOf(workload);
  for (TakenSetting &setting : applyCostDefaults(plan, settings))
    list.add(setting.key, setting.value, setting.source);
  if (workload.softwareMonth == 0)
    list.add("software", monthText(newestSoftware),
             "newest of the calibration");
}

static void addParallelism(AssumptionList &list, const PlanModel &plan) {
  const Degrees &degrees = plan.degrees;
  list.enter("parallelism");
  list.addDefault(degrees.ruleStated, "rule", "folded");
  for (const Figure *degree :
       {&degrees.tp, &degrees.cp, &degrees.pp, &degrees.vpp, &degrees.dp,
        &degrees.ep, &degrees.etp})
    list.addFigure(*degree);
  list.addDefault(degrees.layout.has_value() || *degrees.pp == 1, "layout",
                  "an even split");
}

static void addExperts(AssumptionList &list, const PlanModel &plan) {
  if (!plan.model.firstSparse())
    return;
  list.enter("experts");
  list.addDefault(bool(plan.distribution.slotsPerRank), "slots_per_rank",
                  "experts / ep");
}

std::vector<Assumption> moe::listAssumptions(PlanOp plan,
                                             const PlanModel &figures,
                                             const RecordedLoads &loads,
                                             int64_t newestSoftware) {
  AssumptionList list;
  addModel(list, figures.model);
  addCluster(list, plan.getSection<ClusterOp>(), figures.cluster);
  addWorkload(list, plan.getSection<WorkloadOp>(), figures, loads,
              newestSoftware);
  addParallelism(list, figures);
  addExperts(list, figures);
  return std::move(list.list);
}
