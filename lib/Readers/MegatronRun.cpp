//===- MegatronRun.cpp - How Megatron-LM runs a step ----------------------===//
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

#include "MegatronRun.h"

#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;

static void readDispatch(const FlagSet &flags, Recipe &recipe) {
  constexpr StringRef typeFlag = "moe-token-dispatcher-type";
  if (!flags.has("num-experts"))
    return;
  StringRef type = flags.has(typeFlag) ? flags.text(typeFlag) : "allgather";
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

void mlir::moe::readMegatronRun(const FlagSet &flags, Recipe &recipe) {
  readDispatch(flags, recipe);
  readCudaGraphs(flags, recipe);
  readContextExchange(flags, recipe);
}
