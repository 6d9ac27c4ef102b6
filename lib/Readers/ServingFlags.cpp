//===- ServingFlags.cpp - Flags of vLLM, and of servers in common ---------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// vllm/engine/arg_utils.py.
//
//===----------------------------------------------------------------------===//

#include "FrameworkReaders.h"

#include "ServingJob.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir::moe;
using llvm::StringRef;
using Kind = FlagKind;

//===----------------------------------------------------------------------===//
// What they share
//===----------------------------------------------------------------------===//

std::optional<int64_t>
mlir::moe::multiplied(std::initializer_list<int64_t> factors) {
  int64_t product = 1;
  for (int64_t factor : factors)
    if (llvm::MulOverflow(product, factor, product))
      return std::nullopt;
  return product;
}

void mlir::moe::readServedModel(const FlagSet &flags, StringRef name,
                                Recipe &recipe) {
  recipe.model = flags.text(name).str();
  if (recipe.model.empty() && !flags.positionals().empty())
    recipe.model = flags.positionals().front().text;
}

void mlir::moe::noteNoWord(const FlagSet &flags, StringRef name,
                           StringRef key) {
  flags.note(name, quoted(flags.text(name)) + " is not read: no word of '" +
                       key.str() + "' of a plan is that");
}

/// `auto` is the format of the activations.
static void readCacheFormat(const FlagSet &flags, StringRef name) {
  StringRef format = flags.text(name);
  if (format.starts_with("fp8"))
    flags.state(name, "workload", "kv_cache", "\"fp8\"");
  else if (format == "bfloat16" || format == "bf16")
    flags.state(name, "workload", "kv_cache", "\"bf16\"");
  else if (!format.empty() && format != "auto")
    noteNoWord(flags, name, "kv_cache");
}

void mlir::moe::readServedFormats(const FlagSet &flags) {
  readCacheFormat(flags, "kv-cache-dtype");
  std::string lower = flags.text("quantization").lower();
  StringRef quantization = lower;
  if (quantization.contains("mxfp8"))
    return flags.state("quantization", "workload", "precision", "\"mxfp8\"");
  if (quantization.contains("fp8"))
    return flags.state("quantization", "workload", "precision", "\"fp8\"");
  if (quantization.contains("fp4"))
    return flags.state("quantization", "workload", "precision", "\"nvfp4\"");
  if (!quantization.empty() && quantization != "none")
    noteNoWord(flags, "quantization", "precision");
  StringRef type = flags.text("dtype");
  if (type == "bfloat16" || type == "bf16")
    flags.state("dtype", "workload", "precision", "\"bf16\"");
  else if (type == "float16" || type == "half")
    flags.state("dtype", "workload", "precision", "\"fp16\"");
  else if (type == "float32" || type == "float")
    flags.state("dtype", "workload", "precision", "\"fp32\"");
  else if (!type.empty() && type != "auto")
    noteNoWord(flags, "dtype", "precision");
}

std::string mlir::moe::layoutOfStages(llvm::ArrayRef<int64_t> layers) {
  std::string layout = "E";
  for (size_t stage = 0; stage < layers.size(); ++stage)
    layout += (stage ? "|t*" : "t*") + std::to_string(layers[stage]);
  return layout + "L";
}

std::optional<std::string>
mlir::moe::layoutOfPartition(StringRef text, int64_t pp, std::string &error) {
  std::vector<int64_t> counts;
  for (StringRef part : llvm::split(text, ',')) {
    int64_t count = 0;
    if (part.trim().getAsInteger(10, count) || count < 1 || count > 100'000) {
      error = "is " + quoted(text) + ", expected the layers of every stage";
      return std::nullopt;
    }
    counts.push_back(count);
  }
  if (int64_t(counts.size()) == pp)
    return layoutOfStages(counts);
  error = "has " + counted(counts.size(), "stage") +
          ", the pipeline parallel size is " + std::to_string(pp);
  return std::nullopt;
}

void mlir::moe::stateServingJob(const FlagSet &flags, const ServingJob &job,
                                Recipe &recipe) {
  auto state = [&](StringRef flag, StringRef key, int64_t value) {
    flags.state(flag, "parallelism", key, value);
  };
  state(job.tpFlag, "tp", job.tp);
  if (!job.cpFlag.empty())
    state(job.cpFlag, "cp", job.cp);
  state(job.ppFlag, "pp", job.pp);
  state(job.epFlag, "ep", job.ep);
  state(job.epFlag, "etp", job.etp);
  if (job.pp > 1 && job.dp > 1 && job.isPipelineInside)
    flags.state(job.dpFlag, "parallelism", "order", jsonText("tp-cp-ep-pp-dp"));
  recipe.worldSize = multiplied({job.tp, job.cp, job.pp, job.dp});
  if (!recipe.worldSize)
    flags.report(job.tpFlag, "and the other degrees multiply to more than "
                             "2^63 ranks");
}

//===----------------------------------------------------------------------===//
// vLLM
//===----------------------------------------------------------------------===//

static constexpr KnownFlag vllmFlags[] = {
    {"model", Kind::Hint},
    {"tensor-parallel-size|tp", Kind::Count},
    {"pipeline-parallel-size|pp", Kind::Count},
    {"data-parallel-size|dp", Kind::Count},
    {"data-parallel-size-local|dpl", Kind::Count},
    {"prefill-context-parallel-size|pcp", Kind::Count},
    {"nnodes|n", Kind::Count},
    {"enable-expert-parallel|ep", Kind::Switch},
    {"enable-eplb", Kind::Switch},
    {"eplb-config", Kind::Text},
    {"eplb-config.num-redundant-experts|num-redundant-experts", Kind::Text},
    {"expert-placement-strategy", Kind::Text},
    {"all2all-backend", Kind::Text},
    {"enable-dbo", Kind::Switch, "workload", "ep_overlap"},
    {"max-model-len", Kind::Text},
    {"max-num-seqs", Kind::Count, "workload", "batch"},
    {"max-num-batched-tokens", Kind::Count},
    {"kv-cache-dtype", Kind::Text},
    {"speculative-config", Kind::Text},
    {"speculative-config.method", Kind::Text},
    {"speculative-config.num-speculative-tokens", Kind::Count},
    {"dtype", Kind::Text},
    {"quantization|q", Kind::Text},
};

/// `32768`, `32k` (thousands) or `32K` (of 1024), as vLLM reads them.
static void readLength(const FlagSet &flags, StringRef name) {
  StringRef text = flags.text(name);
  if (text.empty() || text == "auto" || text == "-1")
    return;
  int64_t unit = text.consume_back("k")   ? 1000
                 : text.consume_back("K") ? 1024
                                          : 1;
  int64_t length = 0;
  if (text.getAsInteger(10, length) || length < 1 ||
      length > (int64_t(1) << 40))
    return flags.report(name, "is " + quoted(flags.text(name)) +
                                  ", expected a number of tokens");
  flags.state(name, "workload", "context_length", length * unit);
}

/// The value of a flag that is a JSON object; nothing, after an error, for
/// another one.
static std::optional<llvm::json::Object> jsonValueOf(const FlagSet &flags,
                                                     StringRef name) {
  StringRef text = flags.text(name);
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(text);
  if (!json)
    llvm::consumeError(json.takeError());
  else if (llvm::json::Object *object = json->getAsObject())
    return std::move(*object);
  flags.report(name, "is " + quoted(text) + ", expected a JSON object");
  return std::nullopt;
}

/// Draft tokens of a plan are those of the model's own layer for them (MTP).
static void readSpeculation(const FlagSet &flags, Recipe &recipe) {
  std::string flag = "speculative-config.num-speculative-tokens";
  int64_t tokens = flags.number(flag, 0);
  std::string method = flags.text("speculative-config.method").str();
  if (flags.has("speculative-config")) {
    std::optional<llvm::json::Object> config =
        jsonValueOf(flags, "speculative-config");
    if (!config)
      return;
    flag = "speculative-config";
    tokens = config->getInteger("num_speculative_tokens").value_or(tokens);
    method = config->getString("method").value_or(method).str();
  }
  if (!flags.has(flag))
    return;
  if (!method.empty() && !StringRef(method).ends_with("mtp"))
    return recipe.note(flags.find(flag)->line,
                       "draft tokens of the method " + quoted(method) +
                           " are not read; a plan has those of the model's own "
                           "layer (mtp)");
  if (tokens < 1 || tokens > (int64_t(1) << 40))
    return flags.report(flag, "does not give a number of draft tokens");
  flags.state(flag, "workload", "draft_tokens", tokens);
}

static void readRedundancy(const FlagSet &flags, Recipe &recipe) {
  constexpr StringRef name = "eplb-config.num-redundant-experts";
  StringRef text = flags.text(name);
  if (flags.has("eplb-config")) {
    std::optional<llvm::json::Object> config =
        jsonValueOf(flags, "eplb-config");
    if (!config)
      return;
    recipe.redundantExperts =
        config->getInteger("num_redundant_experts").value_or(0);
  }
  if (!text.empty() && text.getAsInteger(10, recipe.redundantExperts))
    recipe.redundantExperts = -1;
  if (recipe.redundantExperts < 0 ||
      recipe.redundantExperts > (int64_t(1) << 40))
    flags.report(text.empty() ? "eplb-config" : name,
                 "does not give a number of redundant experts");
}

StringRef mlir::moe::dispatcherOfVllm(StringRef backend) {
  if (backend.starts_with("deepep"))
    return "deepep";
  return backend.starts_with("allgather") ? "allgather" : "";
}

static void readVllmDispatch(const FlagSet &flags) {
  StringRef backend = flags.text("all2all-backend");
  StringRef dispatcher = dispatcherOfVllm(backend);
  if (!dispatcher.empty())
    flags.state("all2all-backend", "workload", "dispatcher",
                jsonText(dispatcher));
  else if (!backend.empty())
    noteNoWord(flags, "all2all-backend", "dispatcher");
  StringRef strategy = flags.text("expert-placement-strategy");
  if (strategy == "round_robin")
    flags.state("expert-placement-strategy", "experts", "placement",
                "\"round_robin\"");
  else if (!strategy.empty() && strategy != "linear")
    flags.report("expert-placement-strategy",
                 "is " + quoted(strategy) +
                     ", expected 'linear' or 'round_robin'");
}

void mlir::moe::readVllmFlags(llvm::ArrayRef<shell::Word> words, Recipe &recipe,
                              InputErrors &errors) {
  FlagSet flags(words, vllmFlags, /*mixesDashes=*/true, recipe, errors);
  if (!errors.empty())
    return;
  readServedModel(flags, "model", recipe);
  ServingJob job{"tensor-parallel-size", "prefill-context-parallel-size",
                 "pipeline-parallel-size", "data-parallel-size",
                 "enable-expert-parallel"};
  job.tp = flags.number("tensor-parallel-size", 1);
  job.cp = flags.number("prefill-context-parallel-size", 1);
  job.pp = flags.number("pipeline-parallel-size", 1);
  job.dp = flags.number("data-parallel-size", 1);
  // Experts are spread over everything but stages, in one way or the other.
  int64_t all = multiplied({job.tp, job.cp, job.dp}).value_or(1);
  bool hasExpertParallel = flags.has("enable-expert-parallel");
  job.ep = hasExpertParallel ? all : 1;
  job.etp = hasExpertParallel ? 1 : all;
  job.isPipelineInside = true;
  stateServingJob(flags, job, recipe);
  if (job.pp > 1 && job.dp > 1)
    recipe.note(flags.find("data-parallel-size")->line,
                "with both PP and DP vLLM spreads the experts of a stage over "
                "ranks that no plan can number so; compare with 'moec groups "
                "--framework vllm'");
  if (flags.has("nnodes"))
    recipe.nodes = flags.number("nnodes", 1);
  else if (int64_t local = flags.number("data-parallel-size-local", 0);
           local > 0 && job.dp % local == 0)
    recipe.nodes = job.dp / local;
  flags.passOver("max-num-batched-tokens");
  readRedundancy(flags, recipe);
  readSpeculation(flags, recipe);
  readVllmDispatch(flags);
  readLength(flags, "max-model-len");
  readServedFormats(flags);
}
