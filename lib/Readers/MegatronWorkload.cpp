//===- MegatronWorkload.cpp - A workload in flags of Megatron-LM ----------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Flags of megatron/training/arguments.py, those of CUDA graphs as of core
// 0.13 to 0.16.
//
//===----------------------------------------------------------------------===//

#include "MegatronWorkload.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

static void readPrecision(const FlagSet &flags) {
  auto state = [&](StringRef name, StringRef precision) {
    flags.state(name, "workload", "precision", jsonText(precision));
  };
  if (flags.has("fp4-format"))
    state("fp4-format", "nvfp4");
  else if (flags.has("fp8-format"))
    state("fp8-format", flags.text("fp8-recipe") == "mxfp8" ? "mxfp8" : "fp8");
  else if (flags.has("bf16"))
    state("bf16", "bf16");
  else if (flags.has("fp16"))
    state("fp16", "fp16");
  else
    state("bf16", "fp32");
}

/// What of `full` the plan says otherwise: layers that are left out, or inputs
/// that only every Nth layer keeps.
static void noteRecomputedLayers(const FlagSet &flags) {
  constexpr StringRef name = "recompute-method";
  StringRef method = flags.text(name);
  int64_t layers = flags.number("recompute-num-layers", 1);
  if (method == "block")
    flags.note(name, "block recomputes " + counted(layers, "layer") +
                         " of each stage, the plan says all of them: less "
                         "memory and more time than the job takes");
  else if (method == "uniform" && layers > 1)
    flags.note("recompute-num-layers",
               std::to_string(layers) +
                   " keeps the input of one layer in so many, the plan that of "
                   "every layer");
}

static void readRecompute(const FlagSet &flags) {
  constexpr StringRef granularity = "recompute-granularity";
  auto state = [&](StringRef name, const std::string &json) {
    flags.state(name, "workload", "recompute", json);
  };
  // Of Megatron-DeepSpeed.
  if (flags.has("checkpoint-activations"))
    return state("checkpoint-activations", "\"full\"");
  if (flags.isOpen("checkpoint-activations"))
    return;
  if (flags.has("recompute-activations") && !flags.has(granularity))
    return state("recompute-activations", "[\"core_attn\"]");
  StringRef kind = flags.text(granularity);
  if (kind.empty())
    return state(granularity, "\"none\"");
  if (kind == "full") {
    noteRecomputedLayers(flags);
    return state(granularity, "\"full\"");
  }
  if (kind != "selective")
    return flags.report(granularity, "is " + quoted(kind) +
                                         ", expected 'full' or 'selective'");
  const GivenFlag *modules = flags.find("recompute-modules");
  if (!modules || modules->words.empty())
    return state(granularity, "[\"core_attn\"]");
  auto names = llvm::map_range(modules->words, jsonText);
  state("recompute-modules", "[" + llvm::join(names, ", ") + "]");
}

/// Share of the parameters whose states the host keeps, in JSON: all, unless a
/// flag says.
static std::string offloadedShare(const FlagSet &flags) {
  constexpr StringRef name = "optimizer-offload-fraction";
  StringRef text = flags.text(name);
  double share = 0;
  if (text.empty())
    return "1";
  if (!llvm::isDigit(text.front()) || text.getAsDouble(share) || share > 1)
    flags.report(name, "is " + quoted(text) + ", expected 0 to 1");
  return text.str();
}

static void readOptimizer(const FlagSet &flags) {
  bool isFsdp = flags.has("use-torch-fsdp2") ||
                flags.has("use-megatron-fsdp") ||
                flags.text("zero-stage") == "3";
  StringRef name = flags.text("optimizer");
  // Muon's states are shared out by whole layers.
  bool isSharded = flags.has("use-distributed-optimizer") ||
                   name == "dist_muon" || flags.text("zero-stage") == "1" ||
                   flags.text("zero-stage") == "2";
  StringRef sharding = isFsdp ? "fsdp" : isSharded ? "distributed" : "none";
  // Megatron's "adam" decouples the weight decay.
  if (name == "dist_muon")
    name = "muon";
  if (name.empty() || name == "adam")
    name = "adamw";
  auto formatOf = [&](StringRef flag) {
    StringRef format = flags.text(flag);
    return format.empty() ? StringRef("fp32") : format;
  };
  StringRef gradients =
      flags.has("grad-reduce-in-bf16") ? "bf16" : formatOf("main-grads-dtype");
  std::string offload;
  if (flags.has("optimizer-cpu-offload"))
    offload = ", \"offload\": " + offloadedShare(flags);
  flags.state(
      "use-distributed-optimizer", "workload", "optimizer",
      "{ \"name\": " + jsonText(name) +
          ", \"moments\": " + jsonText(formatOf("exp-avg-dtype")) +
          ",\n                   \"gradients\": " + jsonText(gradients) +
          ", \"master\": " + jsonText(formatOf("main-params-dtype")) +
          ",\n                   \"sharding\": " + jsonText(sharding) +
          offload + " }");
}

static void readDispatch(const FlagSet &flags, Recipe &recipe) {
  constexpr StringRef typeFlag = "moe-token-dispatcher-type";
  if (!flags.has("num-experts"))
    return;
  // DeepSpeed has one way to exchange tokens, and no flag for it.
  bool isDeepSpeed =
      flags.has("deepspeed") || flags.has("moe-expert-parallel-size");
  StringRef type = flags.has(typeFlag) ? flags.text(typeFlag)
                   : isDeepSpeed       ? StringRef("alltoall")
                                       : StringRef("allgather");
  StringRef backend = flags.text("moe-flex-dispatcher-backend");
  StringRef dispatcher = type;
  if (type == "flex")
    dispatcher = backend == "hybridep" ? "hybridep" : "deepep";
  if (type != "flex" && flags.has("moe-enable-deepep"))
    flags.report("moe-enable-deepep",
                 "needs --moe-token-dispatcher-type flex, found " +
                     quoted(type));
  // Alltoall over the tensor-parallel group, of older releases.
  if (type == "alltoall_seq")
    dispatcher = "alltoall";
  flags.state(typeFlag, "workload", "dispatcher", jsonText(dispatcher));
  flags.state("moe-router-force-load-balancing", "workload", "routing",
              flags.has("moe-router-force-load-balancing") ? "\"balanced\""
                                                           : "\"natural\"");
  StringRef capacity = flags.text("moe-expert-capacity-factor");
  double factor = 0;
  if (capacity.empty())
    return;
  if (capacity.getAsDouble(factor))
    return flags.report("moe-expert-capacity-factor",
                        "is " + quoted(capacity) + ", expected a number");
  if (factor > 0)
    flags.state("moe-expert-capacity-factor", "workload", "capacity_factor",
                capacity.str());
  else
    recipe.note(flags.find("moe-expert-capacity-factor")->line,
                "a capacity factor of " + capacity.str() + " drops no tokens");
}

/// The flag that turns graphs on; empty when none does.
static StringRef graphSwitch(const FlagSet &flags) {
  for (StringRef name : {"enable-cuda-graph", "external-cuda-graph"})
    if (flags.has(name))
      return name;
  StringRef implementation = flags.text("cuda-graph-impl");
  bool isOn = !implementation.empty() && implementation != "none";
  return isOn ? "cuda-graph-impl" : "";
}

/// No scope, or "full" of older releases, is one graph for each layer as a
/// whole, "full_iteration" one for the step.
static void readCudaGraphs(const FlagSet &flags, Recipe &recipe) {
  static constexpr llvm::StringLiteral wholeLayers =
      "[\"attn\", \"mlp\", \"moe\"]";
  const GivenFlag *scope = flags.find("cuda-graph-scope");
  StringRef by = graphSwitch(flags);
  if (by.empty() && scope)
    recipe.note(scope->line, "the scopes of CUDA graphs have no effect without "
                             "--cuda-graph-impl");
  if (by.empty())
    return;
  std::vector<std::string> names;
  for (StringRef word : scope ? scope->words : std::vector<std::string>())
    if (word == "mamba" || word == "full_iteration_inference")
      recipe.note(scope->line, "the CUDA graph scope " + quoted(word) +
                                   " has no word in a plan");
    else if (word != "full")
      names.push_back(jsonText(word));
  flags.state(
      scope ? StringRef("cuda-graph-scope") : by, "workload", "cuda_graph",
      names.empty() ? wholeLayers.str() : "[" + llvm::join(names, ", ") + "]");
}

/// One word for all layers; a list gives each layer its own, which no plan can.
static void readContextExchange(const FlagSet &flags, Recipe &recipe) {
  const GivenFlag *type = flags.find("cp-comm-type");
  if (!type || type->words.empty())
    return;
  StringRef word = type->text();
  bool isOne = llvm::all_equal(type->words);
  if (isOne && (word == "p2p" || word == "a2a"))
    flags.state("cp-comm-type", "workload", "cp_comm_type", jsonText(word));
  else if (isOne && (word == "allgather" || word == "all_gather"))
    flags.state("cp-comm-type", "workload", "cp_comm_type", "\"all_gather\"");
  else
    recipe.note(type->line, "--cp-comm-type " + llvm::join(type->words, " ") +
                                " has no word in a plan");
}

/// Only the kernel of Transformer Engine leaves the logits' gradient in their
/// place.
static void readLoss(const FlagSet &flags) {
  if (flags.has("cross-entropy-loss-fusion") &&
      flags.text("cross-entropy-fusion-impl") == "te")
    flags.state("cross-entropy-loss-fusion", "workload", "fused_loss", "true");
}

void mlir::moe::readMegatronWorkload(const FlagSet &flags, Recipe &recipe) {
  readPrecision(flags);
  readRecompute(flags);
  readOptimizer(flags);
  readDispatch(flags, recipe);
  readCudaGraphs(flags, recipe);
  readContextExchange(flags, recipe);
  readLoss(flags);
}
