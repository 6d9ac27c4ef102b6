//===- MegatronFlags.cpp - Flags of Megatron-LM ---------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// megatron/training/arguments.py and megatron/core/transformer/
// transformer_config.py: names, defaults and what follows from them.
//
//===----------------------------------------------------------------------===//

#include "FrameworkReaders.h"

#include "DeepSpeedFlags.h"
#include "MegatronStages.h"
#include "MegatronWorkload.h"
#include "moe/Wording/Wording.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::moe;
using llvm::StringRef;
using Kind = FlagKind;

static constexpr KnownFlag megatronFlags[] = {
    {"tensor-model-parallel-size", Kind::Count, "parallelism", "tp"},
    {"context-parallel-size", Kind::Count, "parallelism", "cp"},
    {"pipeline-model-parallel-size", Kind::Count, "parallelism", "pp"},
    {"expert-model-parallel-size", Kind::Count, "parallelism", "ep"},
    {"expert-tensor-parallel-size", Kind::Count, "parallelism", "etp"},
    {"pipeline-model-parallel-layout", Kind::Text, "parallelism", "layout"},
    {"num-virtual-stages-per-pipeline-rank", Kind::Count, "parallelism", "vpp"},
    {"num-layers-per-virtual-pipeline-stage", Kind::Count},
    {"decoder-first-pipeline-num-layers", Kind::Count},
    {"decoder-last-pipeline-num-layers", Kind::Count},
    {"account-for-embedding-in-pipeline-split", Kind::Switch},
    {"account-for-loss-in-pipeline-split", Kind::Switch},
    {"use-tp-pp-dp-mapping", Kind::Switch},
    {"micro-batch-size", Kind::Count, "workload", "micro_batch"},
    {"global-batch-size", Kind::Count, "workload", "global_batch"},
    {"seq-length", Kind::Count, "workload", "sequence_length"},
    {"overlap-moe-expert-parallel-comm", Kind::Switch, "workload",
     "ep_overlap"},
    {"tp-comm-overlap", Kind::Switch, "workload", "tp_overlap"},
    {"num-layers", Kind::Count, "model", "num_hidden_layers"},
    {"hidden-size", Kind::Count, "model", "hidden_size"},
    {"num-attention-heads", Kind::Count, "model", "num_attention_heads"},
    {"kv-channels", Kind::Count, "model", "head_dim"},
    {"vocab-size", Kind::Count, "model", "vocab_size"},
    {"ffn-hidden-size", Kind::Count, "model", "intermediate_size"},
    {"q-lora-rank", Kind::Count, "model", "q_lora_rank"},
    {"kv-lora-rank", Kind::Count, "model", "kv_lora_rank"},
    {"qk-head-dim|qk-nope-head-dim", Kind::Count, "model", "qk_nope_head_dim"},
    {"qk-pos-emb-head-dim|qk-rope-head-dim", Kind::Count, "model",
     "qk_rope_head_dim"},
    {"v-head-dim", Kind::Count, "model", "v_head_dim"},
    {"num-experts", Kind::Count, "model", "num_experts"},
    {"moe-ffn-hidden-size", Kind::Count, "model", "moe_intermediate_size"},
    {"moe-shared-expert-intermediate-size", Kind::Count, "model",
     "shared_expert_intermediate_size"},
    {"moe-router-num-groups", Kind::Count, "model", "n_group"},
    {"moe-router-group-topk", Kind::Count, "model", "topk_group"},
    {"mtp-num-layers", Kind::Count, "model", "num_nextn_predict_layers"},
    {"moe-router-score-function", Kind::Text, "model", "scoring_func"},
    {"moe-router-topk", Kind::Count},
    {"moe-layer-freq", Kind::Text},
    {"group-query-attention", Kind::Switch},
    {"num-query-groups", Kind::Count},
    {"multi-latent-attention", Kind::Switch},
    {"qk-layernorm", Kind::Switch, "model", "use_qk_norm"},
    {"window-size", Kind::Text},
    {"swiglu", Kind::Switch},
    {"untie-embeddings-and-output-weights", Kind::Switch},
    {"moe-token-dispatcher-type", Kind::Text},
    {"moe-enable-deepep", Kind::Switch},
    {"moe-flex-dispatcher-backend", Kind::Text},
    {"moe-router-force-load-balancing", Kind::Switch},
    {"moe-expert-capacity-factor|moe-train-capacity-factor", Kind::Text},
    {"bf16", Kind::Switch},
    {"fp16", Kind::Switch},
    {"fp8-format|fp8", Kind::Text},
    {"fp8-recipe", Kind::Text},
    {"fp4-format|fp4", Kind::Text},
    {"optimizer", Kind::Text},
    {"use-distributed-optimizer", Kind::Switch},
    {"use-torch-fsdp2", Kind::Switch},
    {"use-megatron-fsdp|use-custom-fsdp", Kind::Switch},
    {"exp-avg-dtype", Kind::Text},
    {"main-grads-dtype", Kind::Text},
    {"main-params-dtype", Kind::Text},
    {"grad-reduce-in-bf16", Kind::Switch},
    {"recompute-granularity", Kind::Text},
    {"recompute-modules", Kind::Words},
    {"recompute-activations", Kind::Switch},
    {"cp-comm-type", Kind::Words},
    {"enable-cuda-graph", Kind::Switch},
    {"external-cuda-graph", Kind::Switch},
    {"cuda-graph-impl", Kind::Text},
    {"cuda-graph-scope|cuda-graph-modules", Kind::Words},
    {"cross-entropy-loss-fusion", Kind::Switch},
    {"cross-entropy-fusion-impl", Kind::Text},
    // What others need or take for granted.
    {"sequence-parallel", Kind::Switch},
    {"recompute-method", Kind::Text},
    {"recompute-num-layers", Kind::Count},
    {"use-precision-aware-optimizer", Kind::Switch},
    {"optimizer-cpu-offload", Kind::Switch},
    {"optimizer-offload-fraction", Kind::Text},
    {"exp-avg-sq-dtype", Kind::Text},
    {"data-parallel-sharding-strategy", Kind::Text},
    {"no-gradient-accumulation-fusion", Kind::Switch},
    {"ckpt-format", Kind::Text},
    {"no-check-for-nan-in-loss-and-grad", Kind::Switch},
    {"max-position-embeddings", Kind::Count},
    {"position-embedding-type", Kind::Text},
    {"moe-router-pre-softmax", Kind::Switch},
    {"moe-grouped-gemm", Kind::Switch},
    {"overlap-grad-reduce", Kind::Switch},
    {"overlap-param-gather", Kind::Switch},
    {"disable-bias-linear", Kind::Switch},
    {"fp4-recipe", Kind::Text},
    // Of Megatron-DeepSpeed.
    {"moe-expert-parallel-size", Kind::Count, "parallelism", "ep"},
    {"enable-expert-tensor-parallelism", Kind::Switch},
    {"num-key-value-heads", Kind::Count, "model", "num_key_value_heads"},
    {"zero-stage", Kind::Text},
    {"deepspeed", Kind::Switch},
    {"no-pipeline-parallel", Kind::Switch},
    {"topk", Kind::Count},
    {"expert-interval", Kind::Count},
    {"checkpoint-activations", Kind::Switch},
    {"deepspeed-activation-checkpointing", Kind::Switch},
    {"create-moe-param-group", Kind::Switch},
    {"disable-moe-token-dropping", Kind::Switch},
};

//===----------------------------------------------------------------------===//
// Model
//===----------------------------------------------------------------------===//

/// `([0]*3+[1]*58)` ~> `[0, 0, 0, 1, ...]`: terms `[n]` or `[n,n]`, each with
/// an optional factor, added. Nothing for anything else.
static std::optional<std::string> layerFlags(StringRef text) {
  constexpr size_t maxLayers = 100'000;
  std::string plain;
  for (char c : text)
    if (!llvm::isSpace(c) && c != '(' && c != ')')
      plain += c;
  llvm::SmallVector<StringRef> terms;
  StringRef(plain).split(terms, '+');
  std::vector<std::string> flags;
  for (StringRef term : terms) {
    auto [list, factor] = term.split('*');
    size_t times = 1;
    if (!list.consume_front("[") || !list.consume_back("]") ||
        (!factor.empty() && factor.getAsInteger(10, times)))
      return std::nullopt;
    llvm::SmallVector<StringRef> items;
    list.split(items, ',');
    if (times > maxLayers || items.size() * times + flags.size() > maxLayers ||
        llvm::any_of(items, [](StringRef i) { return i != "0" && i != "1"; }))
      return std::nullopt;
    for (size_t i = 0; i < times; ++i)
      llvm::append_range(flags, llvm::map_range(items, [](StringRef item) {
                           return item.str();
                         }));
  }
  return "[" + llvm::join(flags, ", ") + "]";
}

static void readLayerPattern(const FlagSet &flags) {
  StringRef text = flags.text("moe-layer-freq");
  int64_t frequency = 0;
  if (text.empty())
    return;
  if (!text.getAsInteger(10, frequency) && frequency >= 1)
    return flags.state("moe-layer-freq", "model", "moe_layer_freq", frequency);
  if (std::optional<std::string> list = layerFlags(text))
    return flags.state("moe-layer-freq", "model", "moe_layer_freq", *list);
  flags.report("moe-layer-freq",
               "is " + quoted(text) +
                   ", expected a number or a list as in ([0]*3+[1]*58)");
}

/// `128,0`: tokens before and behind the own one.
static void readWindow(const FlagSet &flags) {
  StringRef text = flags.text("window-size").trim("()");
  auto [before, behind] = text.split(',');
  int64_t tokens = 0, ahead = 0;
  if (text.empty())
    return;
  if (before.trim().getAsInteger(10, tokens) || tokens < 1 ||
      behind.trim().getAsInteger(10, ahead) || ahead > 0)
    return flags.report("window-size", "is " +
                                           quoted(flags.text("window-size")) +
                                           ", expected tokens and 0, as in "
                                           "128,0");
  flags.state("window-size", "model", "sliding_window", tokens);
}

/// Groups of queries count only for --group-query-attention.
static void readKeyHeads(const FlagSet &flags) {
  constexpr StringRef grouped = "group-query-attention";
  constexpr StringRef groups = "num-query-groups";
  if (flags.has("num-key-value-heads"))
    return;
  if (flags.has(groups) && flags.has(grouped))
    return flags.state(groups, "model", "num_key_value_heads",
                       flags.number(groups, 1));
  if (!flags.has("num-attention-heads") || flags.has("multi-latent-attention"))
    return;
  int64_t heads = flags.number("num-attention-heads", 1);
  if (!flags.has(groups))
    return flags.state("num-attention-heads", "model", "num_key_value_heads",
                       heads);
  if (!flags.isOpen(grouped) && flags.number(groups, 1) != heads)
    flags.note(groups, "has no effect without --group-query-attention");
  flags.state(grouped, "model", "num_key_value_heads", heads);
}

static void readModel(const FlagSet &flags, Recipe &recipe) {
  if (!flags.has("num-layers"))
    return;
  readWindow(flags);
  readKeyHeads(flags);
  flags.state("swiglu", "model", "gated",
              flags.has("swiglu") ? "true" : "false");
  flags.state(
      "untie-embeddings-and-output-weights", "model", "tie_word_embeddings",
      flags.has("untie-embeddings-and-output-weights") ? "false" : "true");
  if (!flags.has("num-experts"))
    return;
  if (recipe.framework == "deepspeed")
    readDeepSpeedExperts(flags, recipe);
  else
    flags.state("moe-router-topk", "model", "num_experts_per_tok",
                flags.number("moe-router-topk", 2));
  if (!flags.has("moe-ffn-hidden-size") && flags.has("ffn-hidden-size"))
    flags.state("ffn-hidden-size", "model", "moe_intermediate_size",
                recipe.integer("model", "intermediate_size", 0));
  readLayerPattern(flags);
}

FlagSet mlir::moe::readMegatronTraining(llvm::ArrayRef<shell::Word> words,
                                        Recipe &recipe, InputErrors &errors) {
  FlagSet flags(words, megatronFlags, /*mixesDashes=*/false, recipe, errors);
  if (!errors.empty())
    return flags;
  readModel(flags, recipe);
  readMegatronStages(flags, recipe);
  readMegatronWorkload(flags, recipe);
  return flags;
}

void mlir::moe::readMegatronFlags(llvm::ArrayRef<shell::Word> words,
                                  Recipe &recipe, InputErrors &errors) {
  FlagSet flags = readMegatronTraining(words, recipe, errors);
  // Megatron-Core's experts follow TP where nothing else is said.
  if (flags.has("num-experts") && !flags.has("expert-tensor-parallel-size"))
    flags.state("tensor-model-parallel-size", "parallelism", "etp",
                flags.number("tensor-model-parallel-size", 1));
}
