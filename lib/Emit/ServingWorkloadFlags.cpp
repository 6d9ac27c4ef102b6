//===- ServingWorkloadFlags.cpp - A workload as flags of servers ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// vLLM (vllm/engine/arg_utils.py) and SGLang (srt/server_args.py). Their limits
// stand for the plan's batch: a plan says what is in flight, a server how much
// may be.
//
//===----------------------------------------------------------------------===//

#include "FlagLines.h"

#include "moe/Frameworks/DispatchedTokens.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace mlir::moe {

int64_t tokensOfPass(const JobWorkload &workload) {
  int64_t each = workload.mode == "prefill"
                     ? workload.sequenceLength.value_or(0)
                     : workload.draftTokens.value_or(0) + 1;
  int64_t tokens = 0;
  bool fits = !MulOverflow(workload.batch.value_or(0), each, tokens);
  return fits ? tokens : 0;
}

/// Narrow formats as methods of quantisation, others as the type of the
/// weights. Whether the format has a flag.
static bool addServingPrecision(StringRef precision, FlagLines &lines) {
  if (precision == "fp8")
    lines.add("quantization", Twine("fp8"));
  else if (precision == "bf16" || precision.empty())
    lines.add("dtype", Twine("bfloat16"));
  else if (precision == "fp16")
    lines.add("dtype", Twine("float16"));
  else if (precision == "fp32")
    lines.add("dtype", Twine("float32"));
  else if (precision == "nvfp4")
    lines.add("quantization", Twine("modelopt_fp4"));
  else
    return false;
  return true;
}

/// Caches are as the activations where no flag says otherwise.
static void addCacheFormat(StringRef format, StringRef narrow,
                           SmallVectorImpl<StringRef> &expressed,
                           FlagLines &lines) {
  if (format == "fp8")
    lines.add("kv-cache-dtype", Twine(narrow));
  else if (format == "bf16")
    lines.add("kv-cache-dtype", Twine("bfloat16"));
  expressed.push_back("kv_cache");
}

/// Tokens that the model's own prediction layers guess.
static void addVllmDrafts(int64_t tokens, FlagLines &lines) {
  lines.add("speculative-config.method", Twine("mtp"));
  lines.add("speculative-config.num_speculative_tokens", Twine(tokens));
}

void addVllmWorkload(const JobView &view, FlagLines &lines) {
  const JobWorkload &workload = *view.workload;
  if (workload.isTraining())
    return lines.notExpressed("mode train; vLLM only serves");
  SmallVector<StringRef> expressed{"batch", "context_length"};
  lines.add("max-num-seqs", workload.batch);
  lines.add("max-model-len", workload.contextLength);
  // vLLM's own limit follows the GPU, from here on.
  constexpr int64_t usual = 2048;
  if (int64_t tokens = tokensOfPass(workload); tokens > usual)
    lines.add("max-num-batched-tokens", Twine(tokens));
  if (addServingPrecision(workload.precision, lines))
    expressed.push_back("precision");
  if (workload.dispatcher == "deepep") {
    lines.add("all2all-backend",
              Twine(workload.mode == "decode" ? "deepep_low_latency"
                                              : "deepep_high_throughput"));
    expressed.push_back("dispatcher");
  } else if (workload.dispatcher == "allgather") {
    lines.add("all2all-backend", Twine("allgather_reducescatter"));
    expressed.push_back("dispatcher");
  }
  if (workload.epOverlap.value_or(false) && workload.dispatcher == "deepep") {
    lines.add("enable-dbo");
    expressed.push_back("ep_overlap");
  }
  addCacheFormat(workload.kvCache, "fp8", expressed, lines);
  if (workload.draftTokens) {
    addVllmDrafts(*workload.draftTokens, lines);
    expressed.push_back("draft_tokens");
  }
  excuseSettings(workload, "vLLM", expressed, lines);
}

/// One chain of guesses; SGLang counts the token that they follow.
static void addSglangDrafts(int64_t tokens, FlagLines &lines) {
  lines.add("speculative-algorithm", Twine("EAGLE"));
  lines.add("speculative-num-steps", Twine(tokens));
  lines.add("speculative-eagle-topk", Twine(1));
  lines.add("speculative-num-draft-tokens", Twine(tokens + 1));
}

/// What a pass of each replica may be. Limits of chunks are of all replicas.
static void addSglangPasses(const JobWorkload &workload, int64_t replicas,
                            FlagLines &lines) {
  if (workload.mode == "decode") {
    lines.add("cuda-graph-max-bs", workload.batch);
    return;
  }
  int64_t tokens = tokensOfPass(workload), all = 0;
  if (tokens == 0 || MulOverflow(tokens, replicas, all))
    return;
  lines.add("max-prefill-tokens", Twine(tokens));
  lines.add("chunked-prefill-size", Twine(all));
}

/// A server does both phases unless it is told, and then waits for others. A
/// plan of decoding is that of either server, one of prompts only of the told.
static void addSglangPhase(const JobWorkload &workload, FlagLines &lines) {
  if (workload.mode == "decode")
    return lines.comment(
        "One server does both phases. For decoding alone, with prefill servers "
        "and a router (python3 -m sglang_router.launch_router "
        "--pd-disaggregation), add: --disaggregation-mode decode");
  lines.comment("Takes servers of the other phase, and a router in front of "
                "both: python3 -m sglang_router.launch_router "
                "--pd-disaggregation");
  lines.add("disaggregation-mode", Twine(workload.mode));
}

/// The exchange of tokens, and two batches that take turns at it.
static void addSglangExchange(const FrameworkJob &job,
                              SmallVectorImpl<StringRef> &expressed,
                              FlagLines &lines) {
  const JobWorkload &workload = *job.view.workload;
  if (workload.dispatcher != "deepep")
    return;
  expressed.push_back("dispatcher");
  if (int64_t tokens = lowLatencyTokens(job); tokens > mostLowLatencyTokens)
    return lines.notExpressed("dispatcher deepep; its low-latency kernels "
                              "exchange " +
                              Twine(mostLowLatencyTokens) +
                              " tokens of a rank at most, the plan has " +
                              Twine(tokens));
  lines.add("moe-a2a-backend", Twine("deepep"));
  // By phase, low_latency when decoding: a server may do both.
  lines.add("deepep-mode",
            Twine(workload.mode == "decode" ? "auto" : "normal"));
  if (workload.epOverlap.value_or(false)) {
    lines.add("enable-two-batch-overlap");
    expressed.push_back("ep_overlap");
  }
}

void addSglangWorkload(const JobView &view, FlagLines &lines) {
  const JobWorkload &workload = *view.workload;
  if (workload.isTraining())
    return lines.notExpressed("mode train; SGLang only serves");
  SmallVector<StringRef> expressed{"mode", "batch", "context_length"};
  addSglangPhase(workload, lines);
  // The limit is of the server, the plan's batch of one replica.
  FrameworkJob job(view);
  int64_t replicas = job.dp;
  if (workload.batch && *workload.batch <= (int64_t(1) << 40) / replicas)
    lines.add("max-running-requests", Twine(*workload.batch * replicas));
  lines.add("context-length", workload.contextLength);
  addSglangPasses(workload, replicas, lines);
  if (addServingPrecision(workload.precision, lines))
    expressed.push_back("precision");
  addSglangExchange(job, expressed, lines);
  addCacheFormat(workload.kvCache, "fp8_e4m3", expressed, lines);
  if (workload.draftTokens && *workload.draftTokens < (int64_t(1) << 40)) {
    addSglangDrafts(*workload.draftTokens, lines);
    expressed.push_back("draft_tokens");
  }
  excuseSettings(workload, "SGLang", expressed, lines);
}

} // namespace mlir::moe
