//===- FrameworkEnvironment.cpp - Variables of frameworks -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// validate_args of Megatron-LM (megatron/training/arguments.py, commit
// 000c4ac24f61), vllm/envs.py, the environment variables of SGLang
// (python/sglang/srt/environ.py) and of DeepEP (deep_ep/buffer.py).
//
//===----------------------------------------------------------------------===//

#include "FrameworkEnvironment.h"

#include "FlagLines.h"
#include "moe/Frameworks/DispatchedTokens.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace mlir::moe {

int64_t lowLatencyTokens(const FrameworkJob &job) {
  const std::optional<JobWorkload> &workload = job.view.workload;
  if (!workload || workload->dispatcher != "deepep" ||
      workload->mode != "decode" || !workload->batch)
    return 0;
  return lowLatencyTokens(*workload->batch, workload->draftTokens.value_or(0),
                          job.tp);
}

/// Queues between the host and a GPU: with one, kernels run in the order in
/// which they are launched, which puts a collective before the product that
/// hides it.
static std::vector<EnvironmentSetting>
megatronEnvironment(const FrameworkJob &job) {
  constexpr StringLiteral queues = "CUDA_DEVICE_MAX_CONNECTIONS";
  const std::optional<JobWorkload> &workload = job.view.workload;
  if (workload && workload->optimizer &&
      workload->optimizer->sharding == "fsdp" &&
      workload->optimizer->name != "muon")
    return {{queues.str(), "8",
             "Megatron-FSDP refuses 1, which some images set; 8 is CUDA's own "
             "number."}};
  if (job.tp == 1 && job.cp == 1)
    return {};
  if (overlapsMegatronExchange(job.view))
    return {{queues.str(), "32",
             "Many queues for --overlap-moe-expert-parallel-comm; 1 hides the "
             "exchange of tensor or context parallelism instead."}};
  return {{queues.str(), "1",
           "Megatron-LM does not start without it where tensor or context "
           "parallelism run on GPUs before Blackwell."}};
}

/// Stages whose layers are not what the framework would give them.
static void addPartition(const FrameworkJob &job, StringRef variable,
                         std::vector<EnvironmentSetting> &settings) {
  std::vector<int32_t> layers = job.stageLayers();
  if (job.pp > 1 && !all_equal(layers))
    settings.push_back(
        {variable.str(),
         join(map_range(layers, [](int32_t n) { return std::to_string(n); }),
              ","),
         "Layers of each stage, which are not equally many."});
}

/// DeepEP asserts two requests for each token a queue pair may have under way,
/// and one more; 1024 unless told otherwise.
static void addQueueDepth(int64_t tokens,
                          std::vector<EnvironmentSetting> &settings) {
  constexpr int64_t usual = 1024;
  if (int64_t depth = (tokens + 1) * 2; depth > usual)
    settings.push_back({"NVSHMEM_QP_DEPTH", std::to_string(depth),
                        "What DeepEP needs for as many tokens of a rank."});
}

static std::vector<EnvironmentSetting>
vllmEnvironment(const FrameworkJob &job) {
  std::vector<EnvironmentSetting> settings;
  addPartition(job, "VLLM_PP_LAYER_PARTITION", settings);
  constexpr int64_t usual = 256;
  int64_t tokens = lowLatencyTokens(job);
  if (tokens <= usual)
    return settings;
  tokens = std::min(tokens, mostLowLatencyTokens);
  settings.push_back(
      {"VLLM_MOE_DP_CHUNK_SIZE", std::to_string(tokens),
       "Tokens of a rank that the low-latency kernels of DeepEP exchange at "
       "once; vLLM cuts more than 256 into parts."});
  addQueueDepth(tokens, settings);
  return settings;
}

static std::vector<EnvironmentSetting>
sglangEnvironment(const FrameworkJob &job) {
  std::vector<EnvironmentSetting> settings;
  addPartition(job, "SGLANG_PP_LAYER_PARTITION", settings);
  constexpr int64_t usual = 128;
  int64_t tokens = lowLatencyTokens(job);
  if (tokens <= usual || tokens > mostLowLatencyTokens)
    return settings;
  settings.push_back(
      {"SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK", std::to_string(tokens),
       "Tokens of a rank that the low-latency kernels of DeepEP exchange at "
       "once; with more than 128 they stop otherwise."});
  addQueueDepth(tokens, settings);
  return settings;
}

std::vector<EnvironmentSetting> frameworkEnvironment(StringRef framework,
                                                     const JobView &view) {
  FrameworkJob job(view);
  if (framework == "megatron")
    return megatronEnvironment(job);
  if (framework == "vllm")
    return vllmEnvironment(job);
  if (framework == "sglang")
    return sglangEnvironment(job);
  return {};
}

} // namespace mlir::moe
