//===- GroupsOptions.cpp - Options of `moec groups` -----------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GroupsOptions.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir::moe;

bool GroupsOption::isCalled(llvm::StringRef text) const {
  return name == text || llvm::is_contained(longNames, text);
}

llvm::ArrayRef<GroupsFramework> mlir::moe::knownFrameworks() {
  static const GroupsFramework frameworks[] = {
      {"megatron", MegatronConfiguration{}},
      {"torchtitan", TorchTitanConfiguration{}},
      {"vllm", VllmConfiguration{}},
      {"sglang", SGLangConfiguration{}},
      {"deepspeed", DeepSpeedConfiguration{}}};
  return frameworks;
}

llvm::ArrayRef<UnsupportedOption> mlir::moe::unsupportedOptions() {
  static constexpr llvm::StringLiteral copies =
      "makes the groups of DATA_PARALLEL_GROUP_WITH_CP and "
      "EXPERT_DATA_PARALLEL_GROUP a second time";
  static constexpr llvm::StringLiteral gone =
      "is of older releases than the one whose groups are known";
  static const UnsupportedOption options[] = {
      {"megatron", "create-all-gather-group", copies},
      {"megatron", "create-all-gather-groups", copies},
      {"megatron", "pipeline-model-parallel-split-rank", gone},
      {"megatron", "encoder-tensor-model-parallel-size", gone},
      {"megatron", "encoder-pipeline-model-parallel-size", gone},
      {"torchtitan", "expert-tensor-parallel-degree", gone},
      {"deepspeed", "mp-mode",
       "orders the ranks of AutoEP, whose groups are not known"}};
  return options;
}

/// The arguments of Megatron-LM's megatron/training/arguments.py, and those of
/// initialize_model_parallel.
static std::vector<GroupsOption> bind(MegatronConfiguration &config) {
  return {
      {"world", &config.world, {"world-size", "local-world-size"}},
      {"tp", &config.tp, {"tensor-model-parallel-size"}},
      {"pp", &config.pp, {"pipeline-model-parallel-size"}},
      {"cp", &config.cp, {"context-parallel-size"}},
      {"ep", &config.ep, {"expert-model-parallel-size"}},
      {"etp", &config.etp, {"expert-tensor-parallel-size"}},
      {"order", &config.order, {}},
      {"use-tp-pp-dp-mapping", &config.useTpPpDpMapping, {}},
      {"inst", &config.inst, {"num-distributed-optimizer-instances"}},
      {"vpp",
       &config.vpp,
       {"virtual-pipeline-model-parallel-size",
        "num-virtual-stages-per-pipeline-rank"}},
      {"hcp", &config.hierarchicalCp, {"hierarchical-context-parallel-sizes"}},
      {"hybrid-cp", &config.hybridCp, {"hybrid-context-parallel"}},
      {"gtp-remat",
       &config.gtpRemat,
       {"gtp-remat-size", "gtp-weight-remat-size"}},
      {"expert-gtp-remat",
       &config.expertGtpRemat,
       {"expert-gtp-remat-size", "expert-gtp-weight-remat-size"}},
      {"rank-offset", &config.rankOffset, {}}};
}

/// The fields of torchtitan's `[parallelism]` section.
static std::vector<GroupsOption> bind(TorchTitanConfiguration &config) {
  return {
      {"world", &config.world, {"world-size"}},
      {"dp-replicate", &config.dpReplicate, {"data-parallel-replicate-degree"}},
      {"dp-shard", &config.dpShard, {"data-parallel-shard-degree"}},
      {"cp", &config.cp, {"context-parallel-degree"}},
      {"tp", &config.tp, {"tensor-parallel-degree"}},
      {"pp", &config.pp, {"pipeline-parallel-degree"}},
      {"ep", &config.ep, {"expert-parallel-degree"}}};
}

/// The arguments of `vllm serve`.
static std::vector<GroupsOption> bind(VllmConfiguration &config) {
  return {{"world", &config.world, {"world-size"}},
          {"tp", &config.tp, {"tensor-parallel-size"}},
          {"pp", &config.pp, {"pipeline-parallel-size"}},
          {"pcp", &config.pcp, {"prefill-context-parallel-size"}},
          {"dp", &config.dp, {"data-parallel-size"}},
          {"dcp", &config.dcp, {"decode-context-parallel-size"}},
          {"all-groups", &config.allGroups, {}},
          {"enable-expert-parallel", GroupsOption::NoEffect(), {}}};
}

/// The arguments of SGLang's server_args.py.
static std::vector<GroupsOption> bind(SGLangConfiguration &config) {
  return {{"world", &config.world, {"world-size"}},
          {"tp", &config.tp, {"tp-size", "tensor-parallel-size"}},
          {"pp", &config.pp, {"pp-size", "pipeline-parallel-size"}},
          {"attn-dp", &config.attnDp, {}},
          {"attn-cp",
           &config.attnCp,
           {"attn-cp-size", "attention-context-parallel-size"}},
          {"ep", &config.ep, {"ep-size", "expert-parallel-size"}},
          {"moe-dp", &config.moeDp, {"moe-dp-size", "moe-data-parallel-size"}},
          {"dp", &config.dp, {"dp-size", "data-parallel-size"}},
          {"enable-dp-attention", &config.enableDpAttention, {}},
          {"dcp", &config.dcp, {"dcp-size", "decode-context-parallel-size"}},
          {"shared-experts-tp",
           &config.sharedExpertsTp,
           {"shared-experts-tp-size"}},
          {"enable-pdmux", &config.pdmux, {}},
          {"all-groups", &config.allGroups, {}}};
}

/// The names of DeepSpeed's configuration and of its MoE layer's arguments.
static std::vector<GroupsOption> bind(DeepSpeedConfiguration &config) {
  return {{"world", &config.world, {"world-size"}},
          {"tp", &config.tp, {"tensor-parallel-size", "autotp-size"}},
          {"pp", &config.pp, {"pipeline-parallel-size", "num-stages"}},
          {"ep", &config.ep, {"expert-parallel-size", "ep-size"}},
          {"d", &config.dataBeforeExpert, {"use-data-before-expert-parallel"}},
          {"all-groups", &config.allGroups, {}}};
}

std::vector<GroupsOption> mlir::moe::optionsOf(FrameworkConfiguration &config) {
  return std::visit([](auto &concrete) { return bind(concrete); }, config);
}
