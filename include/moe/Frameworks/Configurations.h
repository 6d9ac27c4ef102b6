//===- Configurations.h - What the frameworks are configured by -*- C++ -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The parallelism settings of each framework, with its defaults, and the rules
// by which it builds process groups from them. A setting is called as in
// test/Inputs/rank_groups. Unset worlds are 0 and rejected.
//
// buildGroups rejects what the framework rejects and what it accepts by
// mistake; it reports all problems of a configuration at once. Other values
// that a problem advises are ones that it accepts.
//
//===----------------------------------------------------------------------===//

#ifndef MOE_FRAMEWORKS_CONFIGURATIONS_H
#define MOE_FRAMEWORKS_CONFIGURATIONS_H

#include "moe/Frameworks/ProcessGroups.h"
#include <optional>
#include <vector>

namespace mlir::moe {

/// The largest number of ranks any framework is asked for; as for plans. Lists
/// of more would fill disks before anybody reads them.
inline constexpr int64_t maxWorldSize = int64_t(1) << 24;

/// Megatron-Core, `initialize_model_parallel` in
/// megatron/core/parallel_state.py. Two grids over the same ranks: attention
/// (tp, cp, dp, pp) and experts (etp, ep, edp, pp).
struct MegatronConfiguration {
  static constexpr llvm::StringLiteral defaultOrder = "tp-cp-ep-dp-pp";

  int64_t world = 0;
  int64_t tp = 1;
  int64_t pp = 1;
  int64_t cp = 1;
  int64_t ep = 1;
  /// Tensor parallelism of the experts; absent: as `tp`.
  std::optional<int64_t> etp;
  /// Axes from the smallest to the largest stride.
  std::string order = defaultOrder.str();
  /// Distributed optimizer instances.
  int64_t inst = 1;
  /// Virtual pipeline stages per rank; changes no group, but needs pp > 1.
  std::optional<int64_t> vpp;
  int64_t rankOffset = 0;
  /// Megatron-LM's `--use-tp-pp-dp-mapping`, in place of `order`.
  bool useTpPpDpMapping = false;
  /// Sizes of the levels into which each context parallel group is divided,
  /// from the innermost; their product is `cp`. None: not divided.
  std::vector<int64_t> hierarchicalCp;
  /// `hybrid_context_parallel`: data and context parallel groups are also cut
  /// into groups of 2, 4, 8, … ranks.
  bool hybridCp = false;
  /// Ranks over which weights are sharded and gathered anew in every pass
  /// (`gtp_remat_size`, `expert_gtp_remat_size`); an axis of each grid.
  int64_t gtpRemat = 1;
  int64_t expertGtpRemat = 1;
};

/// torchtitan, `ParallelDims` in torchtitan/distributed/parallel_dims.py.
struct TorchTitanConfiguration {
  int64_t world = 0;
  int64_t dpReplicate = 1;
  /// -1: whatever the other degrees leave.
  int64_t dpShard = -1;
  int64_t cp = 1;
  int64_t tp = 1;
  int64_t pp = 1;
  int64_t ep = 1;
};

/// vLLM, `initialize_model_parallel` in vllm/distributed/parallel_state.py.
/// The layout is ExternalDP x DP x PP x PCP x TP; what the degrees leave of the
/// world is ExternalDP.
struct VllmConfiguration {
  int64_t world = 0;
  int64_t tp = 1;
  int64_t pp = 1;
  /// Prefill context parallelism.
  int64_t pcp = 1;
  int64_t dp = 1;
  /// Decode context parallelism: tp groups are cut into groups of so many
  /// ranks.
  int64_t dcp = 1;
  /// Also the world, and the dcp groups where they have one rank each.
  bool allGroups = false;
};

/// SGLang, `initialize_model_parallel` in
/// python/sglang/srt/distributed/parallel_state.py. Attention and experts each
/// split the tensor parallel group in their own way.
struct SGLangConfiguration {
  int64_t world = 0;
  int64_t tp = 1;
  int64_t pp = 1;
  int64_t attnDp = 1;
  int64_t attnCp = 1;
  int64_t ep = 1;
  int64_t moeDp = 1;
  /// Decode context parallelism: tp groups are cut into groups of so many
  /// ranks.
  int64_t dcp = 1;
  /// Ranks over which shared experts are split, within the tensor parallelism
  /// of attention.
  int64_t sharedExpertsTp = 1;
  /// `dp_size`: attn_dp with `enable_dp_attention`; without, engines with
  /// groups of their own.
  std::optional<int64_t> dp;
  bool enableDpAttention = false;
  /// `enable_pdmux`: the tp groups once more, for prefill.
  bool pdmux = false;
  /// Also the world and the groups of one rank that draft models use.
  bool allGroups = false;
};

/// DeepSpeed, `_get_expert_parallel_ranks` in deepspeed/utils/groups.py and
/// `PipeModelDataParallelTopology` in deepspeed/runtime/pipe/topology.py.
struct DeepSpeedConfiguration {
  int64_t world = 0;
  int64_t tp = 1;
  int64_t pp = 1;
  int64_t ep = 1;
  /// `use_data_before_expert_parallel`: members of an expert parallel group
  /// are a stride apart instead of neighbours.
  bool dataBeforeExpert = false;
  /// Also the groups of the ranks of one copy of the model.
  bool allGroups = false;
};

GroupsResult buildGroups(const MegatronConfiguration &config);
GroupsResult buildGroups(const TorchTitanConfiguration &config);
GroupsResult buildGroups(const VllmConfiguration &config);
GroupsResult buildGroups(const SGLangConfiguration &config);
GroupsResult buildGroups(const DeepSpeedConfiguration &config);

} // namespace mlir::moe

#endif // MOE_FRAMEWORKS_CONFIGURATIONS_H
