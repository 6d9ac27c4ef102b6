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
    {"communication-1", Section::Communication, RuleKind::Statement,
     Severity::Error, "tokens reach their experts by all-to-all",
     "With EP > 1 each MoE layer has two all-to-alls, dispatch and "
     "combine. The all-gather dispatcher is the exception and is "
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
     "over `dp`, those of experts over `edp`. Over `tp` activations "
     "are summed.",
     "A collective under the wrong axis joins the wrong ranks.",
     "\"workload\": { \"mode\": \"decode\" },\n"
     "\"stated\": { \"collectives\": [ { \"for\": \"gradient "
     "synchronization\", \"axis\": \"tp\", \"kind\": \"all_reduce\" } ] }",
     "\"workload\": { \"mode\": \"decode\" },\n"
     "\"stated\": { \"collectives\": [ { \"axis\": \"tp\", \"kind\": "
     "\"all_reduce\" } ] }",
     "Megatron-LM, "
     "megatron/core/distributed/finalize_model_grads.py."},
    {"claim-1", Section::Claims, RuleKind::Statement, Severity::Note,
     "claims that cannot be verified",
     "A claim needs a figure that the plan does not give, or one that "
     "this version does not compute. The note names each of them once; "
     "the JSON report names them claim by claim.",
     "A number that nobody recomputed is an assertion.",
     "\"claims\": [ { \"id\": \"tpot\", \"says\": \"tpot < 2 ms\" } ]",
     "\"claims\": [ { \"id\": \"tpot\", \"says\": \"125 us * 16 = 2 ms\" } ]",
     "Plan documents with about a hundred claims, 12 of which nobody "
     "could verify."},
    {"claim-2", Section::Claims, RuleKind::Statement, Severity::Error,
     "claims are true",
     "What is computed meets what is stated. Whole numbers are exact, "
     "decimals and the stated number stand for half a unit of their "
     "last digit, the limit of an inequality is exact. The message "
     "gives the computed value and, where the stated number is a "
     "neighbouring figure, says which.",
     "A plan is approved for its numbers.",
     "\"claims\": [ { \"id\": \"gain\", \"says\": \"change(3, 128) = 4267 %\" "
     "} ]",
     "\"claims\": [ { \"id\": \"gain\", \"says\": \"change(3, 128) = 4167 %\" "
     "} ]",
     "Plan documents with about a hundred claims, 44 of them false."},
    {"claim-3", Section::Claims, RuleKind::Statement, Severity::Error,
     "a range holds at both ends",
     "A quotient or change of two stated numbers is one value; a range "
     "claimed for it is true where both ends are that value. The "
     "message says which end is not. A figure of the plan may lie "
     "anywhere inside its range.",
     "\"8 to 10 times\" of what is exactly 8 times promises a quarter "
     "that is not there.",
     "\"claims\": [ { \"id\": \"gain\", \"says\": \"120000 / 15000 = 8 x .. "
     "10 x\" } ]",
     "\"claims\": [ { \"id\": \"gain\", \"says\": \"120000 / 15000 = 8 x\" } ]",
     "A plan document: 0.020 s to 0.008 s as \"60-70% improvement\"."},
    {"claim-4", Section::Claims, RuleKind::Statement, Severity::Note,
     "numbers are rounded, not cut off",
     "The digits that are stated are those of the computed value, but "
     "the last one would be one more if it were rounded.",
     "Nothing is wrong; the next reader who recomputes it will stumble.",
     "\"claims\": [ { \"id\": \"free\", \"says\": \"1 - 149 MB / 64 GB = "
     "99.7 %\" } ]",
     "\"claims\": [ { \"id\": \"free\", \"says\": \"1 - 149 MB / 64 GB = "
     "99.8 %\" } ]",
     "A plan document: \"149 MB used per GPU (99.7% headroom)\"."},
    {"claim-5", Section::Claims, RuleKind::Statement, Severity::Error,
     "claims can be evaluated",
     "The text of a claim follows the grammar, its names and units "
     "exist, units that are added or compared measure the same thing, "
     "nothing is divided by zero, and no claim refers to itself, not "
     "even through others. The message gives the character.",
     "A claim that means nothing is not the claim its author had in "
     "mind.",
     "\"claims\": [ { \"id\": \"free\", \"says\": \"64 GB - 2 s = 62 GB\" } ]",
     "\"claims\": [ { \"id\": \"free\", \"says\": \"64 GB - 2 GB = 62 GB\" } "
     "]",
     "The grammar of claims in docs/plan-format.md."},
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
};

llvm::ArrayRef<Rule> mlir::moe::statementRules() { return statementTable; }
