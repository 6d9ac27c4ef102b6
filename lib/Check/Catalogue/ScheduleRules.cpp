//===- ScheduleRules.cpp - Rules of pipelines and batches -----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tables.h"

using namespace mlir::moe;

static constexpr Rule scheduleTable[] = {
    {"pipeline-1", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "stages hold every layer once",
     "A layout has PP x VPP chunks, as many `t` as the model has "
     "layers, one `E`, one `L` and no more `m` than the model has "
     "MTP layers. `E` stands first, `L` last, every `m` behind the "
     "last `t`, in one chunk that is the last of its stage. The "
     "stages of a decided `pipeline` are numbered 0 to PP - 1, have "
     "equally many chunks and hold every layer once, in the order in "
     "which tokens go from chunk to chunk; the embedding belongs to "
     "the first stage, the output head to the last.",
     "A layer that no stage holds is missing from the trained model;"
     " nothing else reports it.",
     "// 61 layers\n"
     "\"parallelism\": { \"pp\": 2, \"layout\": \"Et*30|t*30L\" }",
     "// 61 layers\n"
     "\"parallelism\": { \"pp\": 2, \"layout\": \"Et*31|t*30L\" }",
     "Megatron-LM, pipeline_parallel_layer_layout.py, "
     "validate_layer_layout."},
    {"pipeline-2", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "no stage is empty",
     "Every stage holds a layer, the embedding or the loss.",
     "The ranks of an empty stage wait for work that never comes: a "
     "deadlock without a message.",
     "\"parallelism\": { \"pp\": 3, \"layout\": \"Et*4|t*4L|\" }",
     "\"parallelism\": { \"pp\": 3, \"layout\": \"Et*3|t*3|t*2L\" }",
     "NVIDIA/Megatron-LM#1852."},
    {"pipeline-3", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "no more stages than layers",
     "Where the layers are split evenly, `pp` is at most their number, and "
     "with interleaving PP x VPP at most two more: a chunk each for the "
     "embedding and the loss. A layout may give the embedding and the "
     "loss a stage of their own.",
     "Some stage, or some chunk of one, would have no layer.",
     "\"model\": { \"num_hidden_layers\": 4 },\n"
     "\"parallelism\": { \"pp\": 8 }",
     "\"model\": { \"num_hidden_layers\": 4 },\n"
     "\"parallelism\": { \"pp\": 4 }",
     "Every stage needs a layer; Megatron-Core asserts that PP x VPP divides "
     "the layers."},
    {"pipeline-4", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "a uniform layout divides the layers",
     "`\"layout\": \"uniform\"` insists on equal stages: PP x VPP "
     "divides the number of layers.",
     "Frameworks that divide and round down build the model without "
     "the remainder, and train it.",
     "\"model\": { \"num_hidden_layers\": 30 },\n"
     "\"parallelism\": { \"pp\": 4, \"layout\": \"uniform\" }",
     "\"model\": { \"num_hidden_layers\": 30 },\n"
     "\"parallelism\": { \"pp\": 5, \"layout\": \"uniform\" }",
     "NVIDIA/Megatron-LM#1304: 30 layers on 4 stages, 28 built."},
    {"pipeline-5", Section::Pipeline, RuleKind::Advice, Severity::Note,
     "stages differ by a layer",
     "Without a layout an even split is derived. Where PP x VPP does"
     " not divide the layers, some stages hold one more; the note "
     "says how many.",
     "The fullest stage sets the pace of the pipeline.",
     "\"model\": { \"num_hidden_layers\": 61 },\n"
     "\"parallelism\": { \"pp\": 8 }",
     "\"model\": { \"num_hidden_layers\": 61 },\n"
     "\"parallelism\": { \"pp\": 8, \"layout\": \"Et*7|(t*8|)*6t*6L\" }",
     "61 = 5 x 8 + 3 x 7."},
    {"pipeline-6", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "the layout can be read",
     "`layout` is \"uniform\" or follows Megatron-LM's notation: "
     "letters E, t, m and L, `|` between chunks, `*n` for "
     "repetition, parentheses around what is repeated.",
     "A layout that cannot be read places no layer.",
     "\"parallelism\": { \"layout\": \"Et*3|(tt|*29m|L\" }",
     "\"parallelism\": { \"layout\": \"Et*3|(tt|)*29m|L\" }",
     "Megatron-LM, pipeline_parallel_layer_layout.py, "
     "parse_str_to_list."},
    {"pipeline-7", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "an interleaved pipeline has stages", "`vpp` above 1 needs `pp` above 1.",
     "Model chunks take turns on the stages of a pipeline. On one stage "
     "there is nobody to take turns with, and frameworks refuse to start.",
     "\"parallelism\": { \"pp\": 1, \"vpp\": 4 }",
     "\"parallelism\": { \"pp\": 4, \"vpp\": 4 }",
     "Megatron-LM, megatron/core/parallel_state.py, "
     "initialize_model_parallel."},
    {"pipeline-8", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "the schedule fits stages, chunks and micro-batches",
     "`interleaved` needs VPP > 1, the other schedules VPP = 1. Megatron-Core "
     "has `1f1b` and `interleaved`. `dualpipe` needs an even PP and an even "
     "number of micro-batches, at least 2 x PP.",
     "A schedule says which pass a stage runs next; where chunks or "
     "micro-batches are missing, stages wait for passes that never come.",
     "\"parallelism\": { \"pp\": 7, \"schedule\": \"dualpipe\" }",
     "\"parallelism\": { \"pp\": 8, \"schedule\": \"dualpipe\" }",
     "deepseek-ai/DualPipe, dualpipe/dualpipe.py: assertions of step(); arXiv "
     "2401.10241; arXiv 2104.04473."},
    {"workload-1", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "the global batch is whole micro-batches",
     "`global_batch` is a multiple of DP x `micro_batch`.",
     "Every replica runs the same number of whole micro-batches.",
     "\"workload\": { \"micro_batch\": 1, \"global_batch\": 1000 },\n"
     "\"parallelism\": { \"dp\": 64 }",
     "\"workload\": { \"micro_batch\": 1, \"global_batch\": 1024 },\n"
     "\"parallelism\": { \"dp\": 64 }",
     "Megatron-LM, num_microbatches_calculator.py."},
    {"workload-2", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "micro-batches fill the rounds of an interleaved pipeline",
     "With VPP > 1 the number of micro-batches is a multiple of PP.",
     "Interleaved stages take turns in rounds of PP micro-batches.",
     "// 6 micro-batches per replica\n"
     "\"parallelism\": { \"pp\": 4, \"vpp\": 2 }",
     "// 8 micro-batches per replica\n"
     "\"parallelism\": { \"pp\": 4, \"vpp\": 2 }",
     "Megatron-LM, pipeline_parallel/schedules.py, "
     "forward_backward_pipelining_with_interleaving."},
    {"workload-3", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "a sequence divides over its context-parallel ranks",
     "With CP > 1 the sequence length of training and prefill is a "
     "multiple of 2 x CP.",
     "Each rank gets two chunks, one from either end, so that causal"
     " attention is the same work on all.",
     "\"workload\": { \"sequence_length\": 4098 },\n"
     "\"parallelism\": { \"cp\": 2 }",
     "\"workload\": { \"sequence_length\": 4096 },\n"
     "\"parallelism\": { \"cp\": 2 }",
     "Megatron-LM, megatron/core/utils.py, "
     "get_batch_on_this_cp_rank."},
    {"workload-4", Section::Pipeline, RuleKind::Advice, Severity::Warning,
     "the workload belongs to the mode",
     "Training has an optimizer and a global batch; serving has a "
     "batch per replica, and decode a context length. A plan with an"
     " optimizer says that it trains.",
     "Memory is counted for the mode: optimizer states and "
     "gradients, or a KV cache. A plan that mixes them counts "
     "neither right.",
     "\"workload\": { \"mode\": \"decode\", \"optimizer\": { \"name\": "
     "\"adamw\""
     " } }",
     "\"workload\": { \"mode\": \"decode\", \"batch\": 88, \"context_length\":"
     " 4989 }",
     "Plan documents that list AdamW states beside a latency per "
     "token."},
    {"workload-5", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "what is recomputed is a part of the model",
     "Each module that `recompute` names is in some layer: "
     "`mla_up_proj` needs latent attention, `moe` and `moe_act` need experts, "
     "`shared_experts` those, `mlp` a dense layer. A module without its part "
     "saves nothing, which is a warning; Megatron-Core refuses `mla_up_proj` "
     "without latent attention, which is an error of its plans.",
     "The memory that the author counts on is not saved, or the job stops "
     "when its configuration is read.",
     "// a model with grouped-query attention\n"
     "\"workload\": { \"recompute\": [\"mla_up_proj\", \"moe_act\"] }",
     "\"workload\": { \"recompute\": [\"moe_act\"] }",
     "Megatron-LM, megatron/core/transformer/transformer_config.py, "
     "TransformerConfig.__post_init__."},
    {"workload-6", Section::Pipeline, RuleKind::Advice, Severity::Warning,
     "an expert has room for no more tokens than there are",
     "`capacity_factor` is at most the experts over the experts of a token: a "
     "token goes to an expert once. Estimates count no room beyond that.",
     "A larger factor drops nothing less, and is often a percentage that was "
     "meant as a share.",
     "\"model\": { \"num_experts\": 8, \"num_experts_per_tok\": 2 },\n"
     "\"workload\": { \"capacity_factor\": 100 }",
     "\"model\": { \"num_experts\": 8, \"num_experts_per_tok\": 2 },\n"
     "\"workload\": { \"capacity_factor\": 1.25 }",
     "Megatron-LM, moe_utils.py: get_capacity."},
    {"workload-7", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "prediction layers draft tokens",
     "A plan with `draft_tokens` has a model with multi-token prediction "
     "layers.",
     "Without them there is nothing to guess tokens with; a draft model of its "
     "own is another plan.",
     "// a model without num_nextn_predict_layers\n"
     "\"workload\": { \"mode\": \"decode\", \"draft_tokens\": 1 }",
     "\"model\": { \"num_nextn_predict_layers\": 1 },\n"
     "\"workload\": { \"mode\": \"decode\", \"draft_tokens\": 1 }",
     "DeepSeek-V3 technical report, section 5.4.3."},
    {"workload-8", Section::Pipeline, RuleKind::Legality, Severity::Error,
     "a sequence divides over its tensor-parallel ranks",
     "With TP > 1 the sequence length of training, over CP, is a multiple of "
     "TP.",
     "Between the products of a layer each rank of a tensor-parallel group "
     "has an equal share of the tokens: norms are not computed twice, and "
     "half of an all-reduce suffices before and behind them.",
     "\"workload\": { \"sequence_length\": 4096 },\n"
     "\"parallelism\": { \"tp\": 6 }",
     "\"workload\": { \"sequence_length\": 4098 },\n"
     "\"parallelism\": { \"tp\": 6 }",
     "Megatron-LM, megatron/core/tensor_parallel/mappings.py, "
     "_reduce_scatter_along_first_dim asserts it under --sequence-parallel; "
     "torchtitan, torchtitan/distributed/parallel_dims.py, seq_len_divisor."},
};

llvm::ArrayRef<Rule> mlir::moe::scheduleRules() { return scheduleTable; }
