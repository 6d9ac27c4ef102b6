//===- FrameworkWorkload.cpp - What a framework refuses to run ------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// framework-5: settings that a framework refuses together when it starts. Those
// of Megatron-LM are assertions of megatron/core/transformer/
// transformer_config.py (`__post_init__`) and megatron/training/arguments.py
// (`validate_args`), those of servers of python/sglang/srt/server_args.py,
// vllm/config/vllm.py and csrc/kernels/internode_ll.cu of DeepEP.
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "moe/Frameworks/DispatchedTokens.h"
#include "moe/Model/StageLayout.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::moe;

namespace {
/// Settings that do not go together.
struct RefusedSettings {
  /// The key of the workload which the others forbid.
  StringRef key;
  Severity severity;
  /// "pp = 16, vpp = 1"; empty where the framework has nothing against them. Of
  /// ep_overlap it is asked only where the plan wants that.
  std::string (*found)(const PlanModel &plan);
  StringRef what, expected;
  /// The key of the workload to change, and its value; empty where no change is
  /// better than another.
  StringRef changed, value;
};
} // namespace

static bool recomputes(const PlanModel &plan, StringRef module) {
  return llvm::is_contained(plan.workload.recompute, module);
}

static std::string text(StringRef key, const Figure &figure) {
  return (key + " = " + Twine(*figure)).str();
}

/// Whether a layout has more chunks than stages: pipeline-1 says what vpp is.
static bool hasChunksInLayout(const Degrees &degrees) {
  std::string error;
  if (!degrees.layout || *degrees.layout == "uniform")
    return false;
  auto layout = StageLayout::parse(*degrees.layout, error);
  return layout && layout->numChunks() > *degrees.pp;
}

static std::string exchangeOfOneChunk(const PlanModel &plan) {
  const Degrees &degrees = plan.degrees;
  bool one = degrees.pp && *degrees.pp > 1 && degrees.vpp &&
             *degrees.vpp == 1 && !hasChunksInLayout(degrees);
  return one ? text("pp", degrees.pp) + ", " + text("vpp", degrees.vpp) : "";
}

static std::string exchangeOfOneRank(const PlanModel &plan) {
  const Figure &ep = plan.degrees.ep;
  return ep && *ep == 1 ? text("ep", ep) : "";
}

static std::string exchangeByGathering(const PlanModel &plan) {
  return plan.workload.dispatcher == Dispatcher::AllGather
             ? "dispatcher = allgather"
             : "";
}

static std::string exchangeByDefault(const PlanModel &plan) {
  return !plan.workload.dispatcher ? "no dispatcher" : "";
}

static std::string exchangeOfRecomputedLayers(const PlanModel &plan) {
  return recomputes(plan, "moe") ? "recompute = [moe]" : "";
}

static std::string exchangeOfRecomputedChunks(const PlanModel &plan) {
  return recomputes(plan, "full") ? "recompute = full" : "";
}

static std::string exchangeOfPredictions(const PlanModel &plan) {
  int64_t layers = plan.model.mtpLayers;
  return layers > 1 ? "mtp_layers = " + llvm::itostr(layers) : "";
}

static std::string exchangeInSinglePrecision(const PlanModel &plan) {
  return plan.workload.precision == Precision::FP32 ? "precision = fp32" : "";
}

static std::string expertsInHalfPrecision(const PlanModel &plan) {
  const Figure &ep = plan.degrees.ep;
  return plan.workload.precision == Precision::FP16 && ep && *ep > 1
             ? text("ep", ep)
             : "";
}

static std::string graphsOfRecomputedLayers(const PlanModel &plan) {
  return plan.workload.cudaGraph && !plan.workload.stepGraph &&
                 recomputes(plan, "full")
             ? "recompute = full"
             : "";
}

static constexpr RefusedSettings megatronSettings[] = {
    {"ep_overlap", Severity::Error, exchangeOfOneChunk,
     "in a pipeline, Megatron-LM overlaps the token exchange of one chunk of a "
     "stage with another chunk, and there is one",
     "vpp of at least 2", "ep_overlap", "false"},
    {"ep_overlap", Severity::Error, exchangeOfOneRank,
     "Megatron-LM refuses ep_overlap without expert-parallel ranks",
     "ep of at least 2", "ep_overlap", "false"},
    {"ep_overlap", Severity::Error, exchangeByGathering,
     "Megatron-LM overlaps the exchange of other dispatchers only",
     "dispatcher alltoall, deepep or hybridep", "dispatcher", "\"alltoall\""},
    {"ep_overlap", Severity::Warning, exchangeByDefault,
     "Megatron-LM's own dispatcher, allgather, refuses ep_overlap; where the "
     "plan states none, the flags of a bundle say alltoall",
     "dispatcher alltoall, deepep or hybridep", "dispatcher", "\"alltoall\""},
    {"ep_overlap", Severity::Error, exchangeOfRecomputedLayers,
     "Megatron-LM does not overlap the exchange of MoE layers that it computes "
     "again",
     "recompute without moe", "ep_overlap", "false"},
    {"ep_overlap", Severity::Warning, exchangeOfRecomputedChunks,
     "Megatron-LM overlaps the exchange of layers that it computes again in "
     "its newest releases only, by whole chunks; others refuse",
     "recompute of single modules", "", ""},
    {"ep_overlap", Severity::Error, exchangeOfPredictions,
     "Megatron-LM overlaps the exchange of models with one layer of "
     "multi-token prediction at most",
     "mtp_layers of 1 or 0", "ep_overlap", "false"},
    {"ep_overlap", Severity::Error, exchangeInSinglePrecision,
     "Megatron-LM overlaps the exchange of models in bf16 or fp16 only",
     "precision bf16 or narrower", "ep_overlap", "false"},
    {"precision", Severity::Error, expertsInHalfPrecision,
     "Megatron-LM refuses expert parallelism in fp16",
     "precision bf16, or ep = 1", "precision", "\"bf16\""},
    {"cuda_graph", Severity::Error, graphsOfRecomputedLayers,
     "Megatron-LM computes whole layers again only in a graph of the whole "
     "step",
     "cuda_graph of full_iteration, or recompute of single modules",
     "cuda_graph", "[\"full_iteration\"]"}};

/// Servers that exchange whatever tokens there are have nothing to wait for.
static std::string exchangeByOthers(const PlanModel &plan) {
  std::optional<Dispatcher> dispatcher = plan.workload.dispatcher;
  bool isOther = dispatcher && *dispatcher != Dispatcher::DeepEP;
  return isOther ? ("dispatcher = " + stringifyDispatcher(*dispatcher)).str()
                 : "";
}

static std::string tokensOfDecoding(const PlanModel &plan) {
  const Figure &batch = plan.workload.batch;
  const Figure &drafts = plan.workload.draftTokens;
  const Figure &tp = plan.degrees.tp;
  if (plan.workload.dispatcher != Dispatcher::DeepEP ||
      plan.workload.mode != Mode::Decode || !batch || !tp)
    return "";
  if (lowLatencyTokens(*batch, drafts ? *drafts : 0, *tp) <=
      mostLowLatencyTokens)
    return "";
  return text("batch", batch) +
         (drafts ? ", " + text("draft_tokens", drafts) : std::string()) + ", " +
         text("tp", tp);
}

static constexpr RefusedSettings sglangSettings[] = {
    {"batch", Severity::Error, tokensOfDecoding,
     "the low-latency kernels of DeepEP exchange 1024 tokens of a rank at most",
     "batch x (1 + draft_tokens) / tp of at most 1024", "", ""},
    {"ep_overlap", Severity::Error, exchangeByOthers,
     "SGLang overlaps the exchange of the dispatcher deepep only",
     "dispatcher deepep", "dispatcher", "\"deepep\""},
    {"ep_overlap", Severity::Warning, exchangeByDefault,
     "SGLang exchanges no tokens where no dispatcher is stated, and refuses "
     "ep_overlap then",
     "dispatcher deepep", "dispatcher", "\"deepep\""}};

static constexpr RefusedSettings vllmSettings[] = {
    {"ep_overlap", Severity::Error, exchangeByOthers,
     "vLLM overlaps the exchange of the dispatcher deepep only",
     "dispatcher deepep", "dispatcher", "\"deepep\""},
    {"ep_overlap", Severity::Warning, exchangeByDefault,
     "vLLM gathers tokens where no dispatcher is stated, and refuses "
     "ep_overlap then",
     "dispatcher deepep", "dispatcher", "\"deepep\""}};

namespace {
struct FrameworkSettings {
  Framework framework;
  StringRef name;
  bool trains;
  ArrayRef<RefusedSettings> refused;
};
} // namespace

static const FrameworkSettings frameworks[] = {
    {Framework::Megatron, "Megatron-LM", true, megatronSettings},
    {Framework::SGLang, "SGLang", false, sglangSettings},
    {Framework::VLLM, "vLLM", false, vllmSettings}};

void moe::checkFrameworkWorkload(const RuleInput &input,
                                 FindingList &findings) {
  const PlanModel &plan = input.model;
  WorkloadOp workload = PlanOp(input.plan).getSection<WorkloadOp>();
  const auto *own =
      llvm::find_if(frameworks, [&](const FrameworkSettings &settings) {
        return settings.framework == plan.framework &&
               settings.trains == plan.workload.isTraining();
      });
  if (!workload || own == std::end(frameworks))
    return;
  bool overlaps = plan.workload.expertOverlap.value_or(false);
  for (const RefusedSettings &settings : own->refused) {
    if (settings.key == "ep_overlap" && !overlaps)
      continue;
    std::string found = settings.found(plan);
    if (found.empty())
      continue;
    Finding &finding =
        findings.add("framework-5", settings.severity,
                     fieldLoc(workload, settings.key), settings.what.str());
    finding.subject = settings.key.str();
    finding.expected = settings.expected.str();
    finding.found = found;
    if (!settings.changed.empty())
      finding.fixes.push_back({("workload." + settings.changed).str(),
                               settings.value.str(),
                               (own->name + " starts then").str()});
  }
}
