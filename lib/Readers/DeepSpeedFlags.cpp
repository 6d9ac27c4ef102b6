//===- DeepSpeedFlags.cpp - Flags of Megatron-DeepSpeed -------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What megatron/arguments.py and megatron/model/transformer.py of
// Megatron-DeepSpeed have otherwise than Megatron-LM.
//
//===----------------------------------------------------------------------===//

#include "DeepSpeedFlags.h"

#include "FrameworkReaders.h"
#include "moe/Model/HfConfig.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;
using shell::Word;

/// Layers count from 1, those that the interval divides have experts.
static void readExpertInterval(const FlagSet &flags, Recipe &recipe) {
  constexpr StringRef name = "expert-interval";
  int64_t interval = flags.number(name, 2);
  int64_t layers = flags.number("num-layers", 1);
  if (interval == 1 || layers > maxModelLayers)
    return;
  std::string list;
  for (int64_t layer = 1; layer <= layers; ++layer)
    list +=
        (list.empty() ? "" : ", ") + std::to_string(int(layer % interval == 0));
  flags.state(name, "model", "moe_layer_freq", "[" + list + "]");
}

/// Without a width it is four times that of the model, two thirds of it where
/// there is a third matrix.
static void readDefaultWidth(const FlagSet &flags) {
  constexpr StringRef name = "ffn-hidden-size";
  if (flags.has(name) || !flags.has("hidden-size"))
    return;
  int64_t width = 4 * flags.number("hidden-size", 1);
  if (flags.has("swiglu"))
    width = width * 2 / 3 / 64 * 64;
  for (StringRef key : {"intermediate_size", "moe_intermediate_size"})
    flags.state(name, "model", key, width);
}

void mlir::moe::readDeepSpeedExperts(const FlagSet &flags, Recipe &recipe) {
  // The newer name is that of forks.
  StringRef topK = flags.has("moe-router-topk") ? "moe-router-topk" : "topk";
  flags.state(topK, "model", "num_experts_per_tok", flags.number(topK, 1));
  readDefaultWidth(flags);
  if (!flags.has("moe-layer-freq"))
    readExpertInterval(flags, recipe);
}

/// `--num-experts` takes a number for each layer that has experts; a plan has
/// one for all. One expert is none: the layers are dense.
static std::vector<Word> withOneExpertCount(llvm::ArrayRef<Word> words,
                                            Recipe &recipe,
                                            InputErrors &errors) {
  std::vector<Word> all;
  for (size_t i = 0; i < words.size(); ++i) {
    llvm::ArrayRef<Word> counts =
        words.drop_front(i + 1).take_while([](const Word &word) {
          return word.isKnown() && llvm::all_of(word.text, llvm::isDigit);
        });
    if (words[i].text != "--num-experts" || counts.empty()) {
      all.push_back(words[i]);
      continue;
    }
    StringRef count = counts.front().text;
    for (const Word &other : counts)
      if (other.text != count)
        errors.add(recipe.file, {other.line, 1},
                   "--num-experts is " + quoted(count) + " and " +
                       quoted(other.text) +
                       "; a plan has one number for all layers");
    if (count == "1")
      recipe.note(words[i].line, "--num-experts 1 is a model without experts");
    else
      all.insert(all.end(), {words[i], counts.front()});
    i += counts.size();
  }
  return all;
}

void mlir::moe::readDeepSpeedFlags(llvm::ArrayRef<Word> words, Recipe &recipe,
                                   InputErrors &errors) {
  std::vector<Word> known = withOneExpertCount(words, recipe, errors);
  if (!errors.empty())
    return;
  FlagSet flags = readMegatronTraining(known, recipe, errors);
  const GivenFlag *setup = flags.find("deepspeed-activation-checkpointing");
  if (setup && !flags.has("checkpoint-activations"))
    recipe.note(setup->line,
                "--deepspeed-activation-checkpointing recomputes nothing "
                "without --checkpoint-activations");
  int64_t tp = flags.number("tensor-model-parallel-size", 1);
  if (!flags.has("num-experts"))
    return;
  if (flags.has("enable-expert-tensor-parallelism") || tp == 1)
    return flags.state("enable-expert-tensor-parallelism", "parallelism", "etp",
                       tp);
  flags.report("tensor-model-parallel-size",
               "is " + std::to_string(tp) +
                   " without --enable-expert-tensor-parallelism: every rank of "
                   "a tensor-parallel group would hold the same experts, which "
                   "a plan cannot say");
}
