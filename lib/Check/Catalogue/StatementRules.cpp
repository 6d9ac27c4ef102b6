//===- StatementRules.cpp - Rules of what plans say about themselves ------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tables.h"

using namespace mlir::moe;

static constexpr Rule statementTable[] = {
    {"ranks-1", Section::Groups, RuleKind::Statement, Severity::Error,
     "the ranks a document counts exist and are used",
     "`stated.utilized_ranks` is \"N of M\" with M the number of "
     "ranks. N < M is a warning: M - N ranks are idle.",
     "Idle ranks are the first thing to repair.",
     "\"cluster\": { \"world_size\": 128 },\n"
     "\"stated\": { \"utilized_ranks\": \"3 of 128\" }",
     "\"cluster\": { \"world_size\": 128 },\n"
     "\"stated\": { \"utilized_ranks\": \"128 of 128\" }",
     "A plan that used 3 of its 128 GPUs."},
    {"ranks-2", Section::Groups, RuleKind::Statement, Severity::Error,
     "modules sit on ranks that exist, once",
     "The `ranks` of a module are numbers and ranges inside the "
     "world, and name no rank twice.",
     "A list with a rank twice leaves another one out.",
     "\"cluster\": { \"world_size\": 8 },\n"
     "\"stated\": { \"modules\": [ { \"name\": \"experts\", \"ranks\": \"0-8\" "
     "} ] }",
     "\"cluster\": { \"world_size\": 8 },\n"
     "\"stated\": { \"modules\": [ { \"name\": \"experts\", \"ranks\": \"0-7\" "
     "} ] }",
     "NVIDIA-NeMo/RL PR#3178: two workers with the same rank."},
    {"ranks-3", Section::Groups, RuleKind::Advice, Severity::Warning,
     "every rank has a module",
     "Where modules state their ranks, some module uses each rank.",
     "A rank without a module is idle.",
     "\"cluster\": { \"world_size\": 8 },\n"
     "\"stated\": { \"modules\": [ { \"name\": \"experts\", \"ranks\": \"0-3\" "
     "} ] }",
     "\"cluster\": { \"world_size\": 8 },\n"
     "\"stated\": { \"modules\": [ { \"name\": \"experts\", \"ranks\": \"0-7\" "
     "} ] }",
     "Modules of a document against its ranks."},
    {"ranks-4", Section::Groups, RuleKind::Advice, Severity::Warning,
     "the embedding is on all ranks of the first stage",
     "With PP = 1 every rank holds its share of the embedding, split"
     " over `tp` and repeated over the other axes.",
     "An embedding on two ranks only would be read by all others "
     "over the network, and makes these two hold more memory.",
     "\"cluster\": { \"world_size\": 128 },\n"
     "\"stated\": { \"modules\": [ { \"name\": \"embedding\", \"ranks\": "
     "\"0-1\""
     " } ] }",
     "\"cluster\": { \"world_size\": 128 },\n"
     "\"stated\": { \"modules\": [ { \"name\": \"embedding\", \"ranks\": "
     "\"0-127\" } ] }",
     "Megatron-LM, VocabParallelEmbedding."},
    {"ranks-5", Section::Groups, RuleKind::Advice, Severity::Warning,
     "no single rank carries a module for all",
     "A stated module is on more than one rank of several, or on none (a "
     "`device`).",
     "All ranks wait for the one that aggregates, and its links carry what all "
     "of them send.",
     "\"cluster\": { \"world_size\": 8 },\n"
     "\"stated\": { \"modules\": [ { \"name\": \"aggregation\", \"ranks\": "
     "\"0\" } "
     "] }",
     "\"cluster\": { \"world_size\": 8 },\n"
     "\"stated\": { \"modules\": [ { \"name\": \"aggregation\", \"ranks\": "
     "\"0-7\" } ] }",
     "Module graphs of plan documents."},
    {"communication-1", Section::Communication, RuleKind::Statement,
     Severity::Error, "tokens reach their experts by all-to-all",
     "With EP > 1 each MoE layer has two all-to-alls, dispatch and "
     "combine. A stated collective is one of them if it runs over `ep`, or its "
     "words speak of routing or dispatch. The all-gather dispatcher is the "
     "exception and is "
     "named as such (`\"dispatcher\": \"allgather\"`).",
     "A plan that leaves them out leaves out most of its "
     "communication.",
     "\"parallelism\": { \"ep\": 64 },\n"
     "\"stated\": { \"collectives\": [ { \"axis\": \"ep\", \"kind\": "
     "\"all_gather\" } ] }",
     "\"parallelism\": { \"ep\": 64 },\n"
     "\"stated\": { \"collectives\": [ { \"axis\": \"ep\", \"kind\": "
     "\"all_to_all\" } ] }",
     "Megatron-LM, "
     "megatron/core/transformer/moe/token_dispatcher.py."},
    {"communication-2", Section::Communication, RuleKind::Statement,
     Severity::Error, "gradients are summed over the data-parallel axis",
     "A serving plan has no gradients; a training plan sums them "
     "over `dp`, those of experts over `edp`, by all_reduce or "
     "reduce_scatter. Over `tp` activations are summed, and only the gradients "
     "of what each of its ranks holds "
     "whole: norms, routers, biases.",
     "A collective under the wrong axis joins the wrong ranks.",
     "\"workload\": { \"mode\": \"decode\" },\n"
     "\"stated\": { \"collectives\": [ { \"for\": \"gradient "
     "synchronization\", \"axis\": \"tp\", \"kind\": \"all_reduce\" } ] }",
     "\"workload\": { \"mode\": \"decode\" },\n"
     "\"stated\": { \"collectives\": [ { \"axis\": \"tp\", \"kind\": "
     "\"all_reduce\" } ] }",
     "Megatron-LM, "
     "megatron/core/distributed/finalize_model_grads.py."},
    {"communication-8", Section::Communication, RuleKind::Statement,
     Severity::Error, "tensor-parallel ranks sum, stages hand on",
     "Over `tp` and `etp` activations are summed: all_reduce, or "
     "reduce_scatter and all_gather with sequence parallelism. Over "
     "`pp` a stage sends to the next one.",
     "Another collective moves other bytes, and its time is not that "
     "of the plan.",
     "\"stated\": { \"collectives\": [ { \"axis\": \"tp\", \"kind\": "
     "\"all_to_all\" } ] }",
     "\"stated\": { \"collectives\": [ { \"axis\": \"tp\", \"kind\": "
     "\"all_reduce\" } ] }",
     "Megatron-LM, megatron/core/tensor_parallel/layers.py."},
    {"input-1", Section::Input, RuleKind::Advice, Severity::Note,
     "figures that are not stated",
     "Every figure that a check or a lowering needs and the plan "
     "does not give, with what needs it, in one list that can be "
     "pasted into the plan. Sections of the report that need one are"
     " `partial`.",
     "A check that guesses is worse than none.",
     "\"model\": { \"num_experts\": 64 }",
     "\"model\": { \"num_experts\": 64, \"num_experts_per_tok\": 8, "
     "\"hidden_size\": 7168, ... }",
     "The plan format; nothing but `schema`, `model`, `cluster` and "
     "`parallelism` is required."},
    {"input-2", Section::Input, RuleKind::Advice, Severity::Note,
     "parts of the model that no figure describes",
     "Parts that the configuration of a model names and that no figure here "
     "describes, such as the indexer of sparse attention or a vision encoder. "
     "Memory, FLOPs and time are those of the model without them.",
     "A number that leaves something out says so.",
     "\"model\": { \"model_type\": \"deepseek_v32\" }",
     "\"model\": { \"model_type\": \"deepseek_v3\" }",
     "huggingface/transformers, configuration classes."},
};

llvm::ArrayRef<Rule> mlir::moe::statementRules() { return statementTable; }
