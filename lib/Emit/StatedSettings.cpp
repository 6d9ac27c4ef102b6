//===- StatedSettings.cpp - What of a workload has no flag ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FlagLines.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace mlir::moe {

namespace {
/// A key of the plan file and its value, as far as it asks for something.
struct StatedSetting {
  StringLiteral key;
  std::string value;
};
} // namespace

static std::string textOf(std::optional<int64_t> figure) {
  return figure ? std::to_string(*figure) : "";
}

static std::string textOf(std::optional<bool> wish) {
  return wish.value_or(false) ? "true" : "";
}

static std::string textOf(const std::optional<JobOptimizer> &optimizer) {
  if (!optimizer)
    return "";
  std::vector<std::string> parts = {optimizer->name};
  auto add = [&](StringRef what, const std::string &format) {
    if (!format.empty())
      parts.push_back((what + " " + format).str());
  };
  add("moments", optimizer->moments);
  add("gradients", optimizer->gradients);
  add("master", optimizer->master);
  add("sharding", optimizer->sharding);
  add("offload", optimizer->offload);
  llvm::erase(parts, "");
  return join(parts, ", ");
}

static std::vector<StatedSetting> settingsOf(const JobWorkload &workload) {
  return {{"mode", workload.mode},
          {"sequence_length", textOf(workload.sequenceLength)},
          {"context_length", textOf(workload.contextLength)},
          {"micro_batch", textOf(workload.microBatch)},
          {"global_batch", textOf(workload.globalBatch)},
          {"batch", textOf(workload.batch)},
          {"precision", workload.precision},
          {"recompute", join(workload.recompute, ", ")},
          {"optimizer", textOf(workload.optimizer)},
          {"ep_overlap", textOf(workload.epOverlap)},
          {"tp_overlap", textOf(workload.tpOverlap)},
          {"dispatcher", workload.dispatcher},
          {"routing", workload.routing == "balanced" ? "balanced" : ""},
          {"capacity_factor", workload.capacityFactor},
          {"cp_comm_type", workload.cpCommType},
          {"fused_loss", textOf(workload.fusedLoss)},
          {"cuda_graph", join(workload.cudaGraph, ", ")},
          {"kv_cache", workload.kvCache},
          {"draft_tokens", textOf(workload.draftTokens)},
          {"acceptance", workload.acceptance},
          {"software", workload.software}};
}

namespace {
/// Where a framework has a setting elsewhere than in its flags.
struct Elsewhere {
  StringLiteral framework, key, value, why; ///< any value where that is empty
};
} // namespace

static constexpr Elsewhere elsewhere[] = {
    {"torchtitan", "precision", "fp8",
     "a converter of --model.converters, named differently by its versions"},
    {"torchtitan", "precision", "mxfp8",
     "a converter of --model.converters, named differently by its versions"},
    {"torchtitan", "software", "", "install the torchtitan of that month"},
    {"vLLM", "mode", "",
     "--kv-transfer-config pairs servers, by a connector that no plan names"},
    {"vLLM", "ep_overlap", "", "--enable-dbo runs with the dispatcher deepep"},
    {"vLLM", "software", "", "install the vLLM of that month"},
    {"SGLang", "ep_overlap", "",
     "--enable-two-batch-overlap runs with the dispatcher deepep"},
    {"SGLang", "software", "", "install the SGLang of that month"},
    {"TensorRT-LLM", "precision", "", "the checkpoint has it"},
    {"TensorRT-LLM", "dispatcher", "",
     "its environment has it, as TRTLLM_FORCE_ALLTOALL_METHOD"},
    {"TensorRT-LLM", "mode", "",
     "trtllm-serve disaggregated pairs servers, by a file of its own"},
};

static std::string whyNoFlag(StringRef framework,
                             const StatedSetting &setting) {
  for (const Elsewhere &row : elsewhere)
    if (row.framework == framework && row.key == setting.key &&
        (row.value.empty() || row.value == setting.value))
      return row.why.str();
  return (framework + " has no flag for it").str();
}

void excuseSettings(const JobWorkload &workload, StringRef framework,
                    ArrayRef<StringRef> expressed, FlagLines &lines) {
  for (const StatedSetting &setting : settingsOf(workload))
    if (!setting.value.empty() && !is_contained(expressed, setting.key))
      lines.notExpressed(setting.key + " " + Twine(setting.value) + "; " +
                         whyNoFlag(framework, setting));
}

} // namespace mlir::moe
