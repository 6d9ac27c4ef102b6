//===- EmitServingFlags.cpp - Settings of frameworks for serving ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// vLLM (vllm/engine/arg_utils.py, distributed/eplb/eplb_state.py), SGLang
// (server_args.py, eplb/expert_location.py) and TensorRT-LLM
// (llmapi/llm_args.py, MoeLoadBalancerConfig).
//
//===----------------------------------------------------------------------===//

#include "Context.h"
#include "FlagLines.h"
#include "RankTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace mlir::moe {

/// Why a framework that gives each stage one run of layers cannot have the
/// plan's; empty when it can.
static std::string stageProblem(const FrameworkJob &job) {
  return job.pp > 1 && job.stageLayers().empty()
             ? "its stages do not hold one run of layers each"
             : "";
}

/// Whether servers place the experts so without being told.
static bool isUsualPlacement(const FrameworkJob &job) {
  return job.slots() == job.experts() &&
         job.expertOrder() == ExpertOrder::ByNumber;
}

/// Why a server that numbers the ranks of one host after those of another
/// cannot have the plan's; empty when it can.
static std::string hostProblem(const FrameworkJob &job) {
  return RankTable(job.view).isRegular()
             ? ""
             : "its ranks do not fill the hosts in their order";
}

//===--- vLLM -------------------------------------------------------------===//

/// Why vLLM cannot have the plan's ranks; empty when it can.
static std::string vllmRankProblem(const FrameworkJob &job) {
  if (!job.isOrder("attention", {"tp", "cp", "pp", "dp"}))
    return "its ranks are not numbered with TP inside of CP inside of PP "
           "inside of DP";
  if (!job.hasExperts())
    return "";
  int64_t all = job.tp * job.cp * job.dp;
  bool expertParallel = job.ep == all && job.etp == 1;
  bool tensorParallel = job.ep == 1 && job.etp == all;
  if (!expertParallel && !tensorParallel)
    return formatv("its experts have EP {0} and ETP {1}; vLLM has one of them, "
                   "over TP x CP x DP = {2} ranks",
                   job.ep, job.etp, all);
  if (job.pp > 1 && job.dp > 1)
    return "its stages are blocks of ranks for the experts, vLLM's are not "
           "with both PP and DP";
  return "";
}

/// Why vLLM cannot have the plan's experts; empty when it can.
static std::string vllmPlacementProblem(const FrameworkJob &job) {
  if (!job.hasExperts())
    return "";
  if (job.slots() < 0)
    return "its layers have different numbers of expert slots";
  if (job.ep == 1 && job.slots() != job.experts())
    return "it keeps replicas of experts without expert parallelism";
  ExpertOrder order = job.expertOrder();
  if (order == ExpertOrder::ByNumber ||
      (order == ExpertOrder::RoundRobin && job.ep > 1))
    return "";
  return "it places experts by a table; vLLM spreads them by number, in turn, "
         "or by what its own EPLB measures";
}

/// Why vLLM cannot start the plan's replicas; empty when it can. Hosts are full
/// (hostProblem), so what divides their number divides their ranks.
static std::string vllmReplicaProblem(const FrameworkJob &job) {
  auto hosts = static_cast<int64_t>(job.view.hosts.size());
  if (job.dp % hosts == 0 || hosts % job.dp == 0)
    return "";
  return formatv("its {0} replicas have parts of {1} hosts; vLLM has whole "
                 "replicas on a host, or whole hosts for a replica",
                 job.dp, hosts);
}

static void addVllmExperts(const FrameworkJob &job, FlagLines &lines) {
  if (!job.hasExperts() || job.ep == 1)
    return;
  lines.add("enable-expert-parallel");
  if (int64_t redundant = job.slots() - job.experts(); redundant > 0) {
    lines.add("enable-eplb");
    lines.add("eplb-config.num_redundant_experts", Twine(redundant));
  } else if (job.expertOrder() == ExpertOrder::RoundRobin) {
    lines.add("expert-placement-strategy", Twine("round_robin"));
  }
}

FrameworkLines vllmLines(const JobView &view) {
  FrameworkJob job(view);
  for (auto problem : {vllmRankProblem, stageProblem, vllmPlacementProblem,
                       hostProblem, vllmReplicaProblem})
    if (std::string why = problem(job); !why.empty())
      return cannotExpress("vLLM", why);
  FlagLines lines;
  lines.environment("vllm", view);
  lines.add("tensor-parallel-size", Twine(job.tp));
  if (job.pp > 1)
    lines.add("pipeline-parallel-size", Twine(job.pp));
  if (job.cp > 1)
    lines.add("prefill-context-parallel-size", Twine(job.cp));
  auto hosts = static_cast<int64_t>(view.hosts.size());
  if (job.dp > 1) {
    lines.add("data-parallel-size", Twine(job.dp));
    // Replicas of one host each; one that spans hosts is started by --nnodes.
    if (job.dp % hosts == 0 && hosts > 1)
      lines.add("data-parallel-size-local", Twine(job.dp / hosts));
  }
  if (job.dp % hosts != 0)
    lines.add("nnodes", Twine(hosts));
  addVllmExperts(job, lines);
  if (view.workload)
    addVllmWorkload(view, lines);
  return lines.take();
}

//===--- SGLang -----------------------------------------------------------===//

/// Why neither SGLang nor TensorRT-LLM can have these placements; empty when
/// they can.
static std::string tableProblem(const FrameworkJob &job) {
  if (job.slots() < 0)
    return "its layers have different numbers of expert slots";
  return job.hasEmptySlot() ? "it leaves expert slots empty" : "";
}

/// Why SGLang cannot run the plan; empty when it can.
static std::string sglangProblem(const FrameworkJob &job) {
  if (job.cp > 1)
    return formatv("its context parallelism is {0}, SGLang's TP group has none",
                   job.cp);
  if (job.hasExperts() && job.edp > 1)
    return formatv("it keeps {0} copies of the experts in a stage, SGLang one",
                   job.edp);
  if (!job.isOrder("attention", {"tp", "dp", "pp"}) ||
      !job.isOrder("expert", {"etp", "ep", "pp"}))
    return "its ranks are not numbered with TP inside of DP inside of PP";
  const std::optional<JobWorkload> &workload = job.view.workload;
  if (job.hasExperts() && job.etp > 1 && workload &&
      workload->dispatcher == "deepep")
    return formatv("its experts have ETP {0}, SGLang's with DeepEP are whole",
                   job.etp);
  for (auto problem : {stageProblem, tableProblem})
    if (std::string why = problem(job); !why.empty())
      return why;
  return hostProblem(job);
}

FrameworkLines sglangLines(const JobView &view) {
  FrameworkJob job(view);
  if (std::string why = sglangProblem(job); !why.empty())
    return cannotExpress("SGLang", why);
  FlagLines lines;
  lines.environment("sglang", view);
  lines.add("tp-size", Twine(view.worldSize / job.pp));
  if (job.pp > 1)
    lines.add("pp-size", Twine(job.pp));
  if (job.dp > 1) {
    lines.add("dp-size", Twine(job.dp));
    lines.add("enable-dp-attention");
  }
  lines.add("nnodes", Twine(view.hosts.size()));
  if (job.hasExperts()) {
    lines.add("ep-size", Twine(job.ep));
    if (int64_t redundant = job.slots() - job.experts(); redundant > 0)
      lines.add("ep-num-redundant-experts", Twine(redundant));
    if (!isUsualPlacement(job))
      lines.add("init-expert-location",
                Twine("framework/expert-location.sglang.json"));
  }
  if (view.workload)
    addSglangWorkload(view, lines);
  return lines.take();
}

Error emitSglangPlacement(const JobView &view, const EmitOptions &,
                          raw_ostream &os) {
  FrameworkJob job(view);
  std::string why =
      job.hasExperts() ? sglangProblem(job) : "the plan places no experts";
  if (!why.empty()) {
    json::OStream json(os, 0);
    json.object([&] { json.attribute("not_expressible", why); });
    os << '\n';
    return Error::success();
  }
  // Dense layers have a row too; what it says is not used.
  int64_t slots = job.slots(), experts = job.experts();
  os << "{\"physical_to_logical_map\": [\n";
  for (int64_t layer = 0, end = job.numLayers(); layer < end; ++layer) {
    std::vector<int32_t> row;
    if (const JobPlacement *p = job.placementOf(layer))
      row = p->slots;
    for (int64_t slot = row.size(); slot < slots; ++slot)
      row.push_back(slot % experts);
    os << listOf(row) << (layer + 1 < end ? ",\n" : "\n");
  }
  os << "]}\n";
  return Error::success();
}

//===--- TensorRT-LLM -----------------------------------------------------===//

/// Why TensorRT-LLM cannot run the plan; empty when it can.
static std::string tensorRtProblem(const FrameworkJob &job) {
  if (job.cp > 1)
    return formatv("it shards sequences (CP {0})", job.cp);
  if (job.dp > 1 && job.tp > 1)
    return formatv("attention is both replicated (DP {0}) and sharded (TP {1})",
                   job.dp, job.tp);
  if (job.hasExperts() && job.edp > 1)
    return formatv("it keeps {0} copies of the experts in a stage", job.edp);
  if (!job.isOrder("attention", {"tp", "dp", "pp"}) ||
      !job.isOrder("expert", {"etp", "ep", "pp"}))
    return "its ranks are not numbered with PP outermost";
  std::string why = stageProblem(job);
  return why.empty() ? tableProblem(job) : why;
}

static std::string setting(StringRef name, const Twine &value) {
  return (name + ": " + value).str();
}

/// Layers that have a placement: those of the model, and the one that guesses
/// tokens, whose experts are in the order of their numbers.
static int64_t placedLayers(const FrameworkJob &job) {
  const JobView &view = job.view;
  bool guesses = view.workload && view.workload->draftTokens;
  return job.numLayers() + (guesses && view.model ? view.model->mtpLayers : 0);
}

static void addTensorRtExperts(const FrameworkJob &job, FrameworkLines &lines) {
  lines.push_back(setting("moe_expert_parallel_size", Twine(job.ep)));
  lines.push_back(setting("moe_tensor_parallel_size", Twine(job.etp)));
  if (isUsualPlacement(job))
    return;
  lines.emplace_back("moe_config:");
  lines.emplace_back(
      "  backend: WIDEEP # others refuse a load balancer in some "
      "releases");
  lines.emplace_back("  load_balancer:");
  lines.push_back(setting("    num_slots", Twine(job.slots())));
  // Which experts have replicas is then nobody's choice.
  if (job.expertOrder() == ExpertOrder::ByNumber) {
    lines.emplace_back(
        "    layer_updates_per_iter: 0 # above 0, replicas follow "
        "the load; without a placement here, their order is "
        "TensorRT-LLM's");
    return;
  }
  lines.emplace_back("    layer_updates_per_iter: 0 # the placement stays");
  lines.emplace_back("    initial_global_assignments:");
  std::vector<int32_t> byNumber(job.slots());
  for (auto [slot, expert] : enumerate(byNumber))
    expert = slot % job.experts();
  for (int64_t layer = 0, end = placedLayers(job); layer < end; ++layer) {
    const JobPlacement *p = job.placementOf(layer);
    if (p || layer >= job.numLayers())
      lines.push_back(setting("      " + std::to_string(layer),
                              listOf(p ? p->slots : byNumber)));
  }
}

/// Requests that graphs are made for; TensorRT-LLM's own limit is 128.
static void addTensorRtGraphs(const JobWorkload &workload,
                              FrameworkLines &lines) {
  if (workload.mode != "decode" || !workload.batch)
    return;
  lines.emplace_back("cuda_graph_config:");
  lines.push_back(setting("  max_batch_size", Twine(*workload.batch)));
  lines.emplace_back("  enable_padding: true");
}

/// Limits of one rank; the format is the checkpoint's.
static void addTensorRtWorkload(const JobWorkload &workload,
                                FrameworkLines &lines) {
  FlagLines comments;
  if (workload.isTraining()) {
    comments.notExpressed("mode train; TensorRT-LLM only serves");
  } else {
    if (workload.batch)
      lines.push_back(setting("max_batch_size", Twine(*workload.batch)));
    if (workload.contextLength)
      lines.push_back(setting("max_seq_len", Twine(*workload.contextLength)));
    constexpr int64_t usual = 8192;
    if (int64_t tokens = tokensOfPass(workload); tokens > usual)
      lines.push_back(setting("max_num_tokens", Twine(tokens)));
    addTensorRtGraphs(workload, lines);
    if (!workload.kvCache.empty()) {
      lines.emplace_back("kv_cache_config:");
      lines.push_back(
          setting("  dtype", workload.kvCache == "fp8" ? "fp8" : "auto"));
    }
    if (workload.draftTokens) {
      lines.emplace_back("speculative_config:");
      lines.emplace_back("  decoding_type: MTP");
      lines.push_back(
          setting("  num_nextn_predict_layers", Twine(*workload.draftTokens)));
    }
    excuseSettings(workload, "TensorRT-LLM",
                   {"batch", "context_length", "kv_cache", "draft_tokens"},
                   comments);
  }
  append_range(lines, comments.take());
}

FrameworkLines tensorRtLines(const JobView &view) {
  FrameworkJob job(view);
  if (std::string why = tensorRtProblem(job); !why.empty())
    return cannotExpress("TensorRT-LLM", why);
  FrameworkLines lines = {
      setting("tensor_parallel_size", Twine(view.worldSize / job.pp)),
      setting("pipeline_parallel_size", Twine(job.pp)),
      setting("enable_attention_dp", job.dp > 1 ? "true" : "false")};
  if (job.pp > 1)
    lines.push_back(setting("pp_partition", listOf(job.stageLayers())));
  if (view.workload)
    addTensorRtWorkload(*view.workload, lines);
  if (job.hasExperts())
    addTensorRtExperts(job, lines);
  return lines;
}

} // namespace mlir::moe
