//===- ExplainInputs.cpp - Figures of a plan as inputs of formulas --------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExplainCost.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::moe;

/// `stated, plan.json:3:5`.
static std::string statedAt(Location where) {
  return where->findInstanceOf<FileLineColLoc>() ? "stated, " + placeOf(where)
                                                 : "stated";
}

/// Whole numbers, with the place of each.
static std::optional<CostInput> figureInput(const PlanModel &plan,
                                            StringRef key) {
  auto [section, name] = key.split('.');
  const Degrees &degrees = plan.degrees;
  const WorkloadFigures &workload = plan.workload;
  const ClusterFigures &cluster = plan.cluster;
  const std::pair<StringRef, const Figure *> rows[] = {
      {"model", &plan.model.hidden},
      {"model", &plan.model.vocab},
      {"model", &plan.model.layers},
      {"cluster", &cluster.worldSize},
      {"cluster", &cluster.nvlinkDomain},
      {"workload", &workload.sequenceLength},
      {"workload", &workload.contextLength},
      {"workload", &workload.microBatch},
      {"workload", &workload.globalBatch},
      {"workload", &workload.batch},
      {"parallelism", &degrees.tp},
      {"parallelism", &degrees.cp},
      {"parallelism", &degrees.pp},
      {"parallelism", &degrees.vpp},
      {"parallelism", &degrees.dp},
      {"parallelism", &degrees.ep},
      {"parallelism", &degrees.etp},
      {"parallelism", &degrees.edp}};
  for (const auto &[itsSection, figure] : rows)
    if (itsSection == section && figure->name == name && *figure)
      return CostInput{key.str(), llvm::itostr(**figure),
                       figure->origin == Origin::Stated
                           ? statedAt(figure->where)
                           : figure->source};
  return std::nullopt;
}

/// Words and quantities that a plan states.
static std::optional<std::string> statedWord(const PlanModel &plan,
                                             StringRef key) {
  const WorkloadFigures &workload = plan.workload;
  const ClusterFigures &cluster = plan.cluster;
  auto format = [](std::optional<Precision> precision) {
    return precision ? stringifyPrecision(*precision).str() : std::string();
  };
  auto quantity = [](const std::optional<Quantity> &value) {
    return value ? value->str() : std::string();
  };
  auto dispatcher = [&] {
    return workload.dispatcher ? stringifyDispatcher(*workload.dispatcher).str()
                               : std::string();
  };
  auto contextExchange = [&] {
    return stringifyContextExchange(
               workload.contextExchange.value_or(ContextExchange::PeerToPeer))
        .str();
  };
  auto sharding = [&] {
    return workload.sharding ? stringifyStateSharding(*workload.sharding).str()
                             : std::string();
  };
  const std::pair<StringRef, std::string> words[] = {
      {"workload.precision", format(workload.precision)},
      {"workload.optimizer.gradients", format(workload.gradients)},
      {"workload.optimizer.master", format(workload.master)},
      {"workload.optimizer.moments", format(workload.moments)},
      {"workload.optimizer.sharding", sharding()},
      {"workload.optimizer.offload",
       workload.offload ? llvm::formatv("{0:f3}", *workload.offload).str()
                        : std::string()},
      {"workload.kv_cache", format(workload.kvCache)},
      {"cluster.host_link", quantity(cluster.hostLink)},
      {"workload.recompute", workload.recompute.empty()
                                 ? "none"
                                 : llvm::join(workload.recompute, ", ")},
      {"workload.dispatcher", dispatcher()},
      {"workload.ep_overlap",
       workload.expertOverlap.value_or(false) ? "true" : "false"},
      {"workload.tp_overlap",
       workload.tensorOverlap.value_or(false) ? "true" : "false"},
      {"workload.cp_comm_type", contextExchange()},
      {"workload.fused_loss",
       workload.fusedLoss.value_or(false) ? "true" : "false"},
      {"workload.cuda_graph", workload.stepGraph   ? "of the whole step"
                              : workload.cudaGraph ? "of parts of a layer"
                                                   : "none"},
      {"cluster.gpu_memory", quantity(cluster.gpuMemory)},
      {"cluster.peak_bf16", quantity(cluster.peakBf16)},
      {"cluster.peak_fp8", quantity(cluster.peakFp8)},
      {"cluster.memory_bandwidth", quantity(cluster.memoryBandwidth)},
      {"cluster.intra_node", quantity(cluster.intraNode)},
      {"cluster.inter_node", quantity(cluster.interNode)},
      {"parallelism.schedule",
       plan.degrees.schedule ? stringifySchedule(*plan.degrees.schedule).str()
                             : std::string()},
      {"parallelism.layout", plan.degrees.layout.value_or("")}};
  for (const auto &[name, word] : words)
    if (name == key && !word.empty())
      return word;
  return std::nullopt;
}

/// Four digits: `0.7981`, `2.151e-05`.
static std::string shortText(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.4g", value);
  return text;
}

/// A constant of the cost model, with what fits that left something out gave.
static std::optional<CostInput> constantInput(const CalibrationFile &file,
                                              StringRef name) {
  for (auto [known, entry] : llvm::zip_equal(constantNames(), file.entries)) {
    if (known.name != name)
      continue;
    std::string origin = "calibration, " + entry.unit;
    if (entry.spread > 0)
      origin += "; fits gave " + shortText(entry.low) + " to " +
                shortText(entry.high);
    return CostInput{name.str(), shortText(entry.value), origin};
  }
  return std::nullopt;
}

std::optional<CostInput> moe::planInput(const PlanEstimate &estimate,
                                        StringRef key) {
  StringRef constant = key;
  if (constant.consume_front("calibration."))
    return constantInput(estimate.constants, constant);
  if (key == "experts.loads")
    return loadInput(estimate);
  for (const Assumption &assumption : estimate.assumptions)
    if (assumption.key == key)
      return CostInput{key.str(), assumption.value, assumption.origin};
  if (std::optional<CostInput> figure = figureInput(estimate.plan, key))
    return figure;
  if (std::optional<std::string> word = statedWord(estimate.plan, key))
    return CostInput{key.str(), *word, "stated"};
  return std::nullopt;
}
