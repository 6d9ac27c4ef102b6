//===- ClaimRules.cpp - Rules on claims -----------------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tables.h"

using namespace mlir::moe;

static constexpr Rule claimTable[] = {
    {"claim-1", Section::Claims, RuleKind::Statement, Severity::Note,
     "claims that cannot be verified",
     "A claim needs a figure that the plan does not give, or one that only a "
     "measurement gives. The note names each of them once; the JSON report "
     "names them claim by claim.",
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
     "a range promises no more than there is",
     "A quotient or change of two stated numbers is one value. Where that "
     "value is an end of the range claimed for it, the rest of the range is "
     "promised and not there; the message says which end holds. A value "
     "between the ends is in its range, and so is a figure of the plan "
     "anywhere inside.",
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
    {"claim-6", Section::Claims, RuleKind::Advice, Severity::Warning,
     "numbers that nobody can recompute say where they come from",
     "A claim that cannot be verified from the plan gives its `source`: "
     "measured, modelled or assumed.",
     "The reader has to decide whether to believe the number; without a source "
     "there is nothing to decide by.",
     "\"claims\": [ { \"id\": \"scaling\", \"says\": \"strong_scaling = 95 %\" "
     "} ]",
     "\"claims\": [ { \"id\": \"scaling\", \"says\": \"strong_scaling = 95 "
     "%\", "
     "\"source\": \"measured\" } ]",
     "Five plan documents with 104 claims, none of which had a source."},
    {"claim-7", Section::Claims, RuleKind::Statement, Severity::Error,
     "what is called validated has a source",
     "The words a claim was taken from call it validated, verified, confirmed, "
     "proven, measured or benchmarked. Then it is recomputed here, or it has a "
     "`source` that is not `assumed`.",
     "\"Validated\" is a statement about an experiment. Without one it is "
     "decoration that stops readers from asking.",
     "\"claims\": [ { \"id\": \"thr\", \"says\": \"throughput = 120000 "
     "sequences/s\",\n              \"quote\": \"| Performance | Validated |\" "
     "} ]",
     "\"claims\": [ { \"id\": \"thr\", \"says\": \"throughput = 120000 "
     "sequences/s\",\n              \"quote\": \"| Performance | Validated "
     "|\", "
     "\"source\": \"measured\" } ]",
     "Three plan documents that call themselves validated, with false "
     "numbers."},
    {"claim-8", Section::Claims, RuleKind::Advice, Severity::Warning,
     "a file that is named as a source is there",
     "A file name in the words of a claim or in `cluster.source` is a file, "
     "relative to the plan.",
     "A source that readers do not have is none.",
     "\"cluster\": { \"world_size\": 128, \"source\": \"verify_deployment.py\" "
     "}",
     "\"cluster\": { \"world_size\": 128, \"source\": \"scontrol show "
     "partition, "
     "2026-08-01\" }",
     "A plan document: \"128 available (from verify_deployment.py)\"."},
    {"claim-12", Section::Claims, RuleKind::Advice, Severity::Warning,
     "what scales linearly has room to scale",
     "A claim of `weak_scaling` or `strong_scaling` of 100 % goes with fewer "
     "expert-parallel ranks than there are expert slots in a layer.",
     "With one expert on each rank further GPUs take none; they only copy.",
     "\"model\": { \"num_experts\": 64 }, \"parallelism\": { \"ep\": 64 },\n"
     "\"claims\": [ { \"id\": \"lin\", \"says\": \"weak_scaling = 100 %\" } ]",
     "\"model\": { \"num_experts\": 64 }, \"parallelism\": { \"ep\": 8 },\n"
     "\"claims\": [ { \"id\": \"lin\", \"says\": \"weak_scaling = 100 %\" } ]",
     "A plan document: \"linear scaling with expert addition\" at EP = 64 of "
     "64."},
    {"claim-13", Section::Claims, RuleKind::Advice, Severity::Warning,
     "what is called optimal was compared",
     "The words a claim was taken from call the plan, its strategy or its "
     "configuration optimal. The message counts the other choices of `ep`, "
     "`tp` and `pp` that would fit the ranks, the experts, the layers and the "
     "heads, with `cp` and `etp` as they are.",
     "\"Optimal\" says that none of the others is better. Who has not looked "
     "at them cannot know.",
     "\"claims\": [ { \"id\": \"thr\", \"says\": \"throughput = 120000 "
     "sequences/s\",\n              \"quote\": \"the theoretically optimal "
     "solution: 120,000 seq/s\" } ]",
     "\"claims\": [ { \"id\": \"thr\", \"says\": \"throughput = 120000 "
     "sequences/s\",\n              \"quote\": \"the fastest of five plans: "
     "120,000 seq/s\" } ]",
     "A plan document: \"represents the theoretically optimal solution\"."},
    {"baseline-1", Section::Claims, RuleKind::Statement, Severity::Error,
     "before and after are the same model",
     "The figures of the model that the plan and its `baseline` both give are "
     "equal, layer by layer: kinds of layers, hidden size, vocabulary, heads, "
     "experts, top-k, widths.",
     "An improvement over another model says nothing about the plan.",
     "\"model\": { \"num_hidden_layers\": 24 },\n"
     "\"baseline\": \"previous.json\"    // 16 layers",
     "\"model\": { \"num_hidden_layers\": 16 },\n"
     "\"baseline\": \"previous.json\"    // 16 layers",
     "A plan document that improved by 283 and 889 times over a plan for a "
     "smaller model."},
    {"baseline-2", Section::Claims, RuleKind::Statement, Severity::Error,
     "memory changes with the experts that are held",
     "Memory that is claimed to be that of the baseline goes with as many "
     "experts on a rank as the baseline has.",
     "One of the two numbers is wrong.",
     "\"stated\": { \"experts_per_rank\": [1, 1] },    // the baseline: [8, "
     "8]\n"
     "\"claims\": [ { \"id\": \"mem\", \"says\": \"memory_utilization = "
     "baseline.memory_utilization\" } ]",
     "\"stated\": { \"experts_per_rank\": [1, 1] },    // the baseline: [8, "
     "8]\n"
     "\"claims\": [ { \"id\": \"mem\", \"says\": \"memory_utilization < "
     "baseline.memory_utilization\" } ]",
     "A plan document: experts per GPU 8 to 1, memory 0.11 % before and "
     "after."},
    {"balance-5", Section::Balance, RuleKind::Statement, Severity::Error,
     "equal memory takes equal modules",
     "Where all ranks are claimed to use the same memory, every stated module "
     "is "
     "on every rank.",
     "The ranks with one module more run out of memory first.",
     "\"cluster\": { \"world_size\": 8 },\n"
     "\"stated\": { \"modules\": [ { \"name\": \"embedding\", \"ranks\": "
     "\"0-1\" } "
     "] },\n\"claims\": [ { \"id\": \"mem\", \"says\": \"memory_imbalance = "
     "1\" } ]",
     "\"cluster\": { \"world_size\": 8 },\n"
     "\"stated\": { \"modules\": [ { \"name\": \"embedding\", \"ranks\": "
     "\"0-7\" } "
     "] },\n\"claims\": [ { \"id\": \"mem\", \"says\": \"memory_imbalance = "
     "1\" } ]",
     "A plan document: equal memory on 128 GPUs, embeddings on two of them."},
    {"claim-9", Section::Claims, RuleKind::Statement, Severity::Error,
     "throughput times latency is what is in flight",
     "By Little's law, the claimed throughput times the claimed latency "
     "is the number of sequences in flight. More than the declared batch "
     "is an error, or a warning where the stages of a pipeline could hold "
     "them; without a declared batch it is a note that says which batch "
     "is implied.",
     "Throughput and latency are usually claimed apart from each other, "
     "and together they say how many requests the system has to hold.",
     "\"workload\": { \"sequence_length\": 1024, \"global_batch\": 128 "
     "},\n\"claims\": [ { \"id\": \"lat\", \"says\": \"latency = 55 ms\" "
     "},\n            { \"id\": \"thr\", \"says\": \"throughput = 2.6 "
     "Mtokens/s\" } ]",
     "\"workload\": { \"sequence_length\": 1024, \"global_batch\": 128 "
     "},\n\"claims\": [ { \"id\": \"lat\", \"says\": \"latency = 55 ms\" "
     "},\n            { \"id\": \"thr\", \"says\": \"throughput = 2.38 "
     "Mtokens/s\" } ]",
     "J. D. C. Little, A Proof for the Queuing Formula L = lambda W "
     "(1961)."},
    {"claim-10", Section::Claims, RuleKind::Statement, Severity::Error,
     "allocated GPUs are not busy GPUs",
     "`gpu_utilization` is the share of time that GPUs are busy. A claim "
     "that gives it the share of ranks in use (`stated.utilized_ranks`) "
     "beside another figure for how busy they are confuses the two; "
     "without the other figure it is a warning.",
     "100 % of 128 GPUs may be in use, each of them for 0.1 % of the time.",
     "\"stated\": { \"utilized_ranks\": \"64 of 64\" },\n\"claims\": [ { "
     "\"id\": \"use\", \"says\": \"gpu_utilization = 100 %\" "
     "},\n            { \"id\": \"busy\", \"says\": \"gpu_utilization >= "
     "95 %\" } ]",
     "\"stated\": { \"utilized_ranks\": \"64 of 64\" },\n\"claims\": [ { "
     "\"id\": \"busy\", \"says\": \"gpu_utilization >= 95 %\" } ]",
     "Plan documents that claim 100 % and 95 %+ under one name."},
    {"claim-11", Section::Claims, RuleKind::Statement, Severity::Error,
     "one metric has one value",
     "Claims that give a metric a value do not exclude each other within "
     "the precision stated.",
     "At most one of them is true, whatever the plan computes to.",
     "\"claims\": [ { \"id\": \"a\", \"says\": \"device_memory = 20 GB\" "
     "},\n            { \"id\": \"b\", \"says\": \"device_memory = 42.3 "
     "GB\" } ]",
     "\"claims\": [ { \"id\": \"a\", \"says\": \"device_memory = 42 GB\" "
     "},\n            { \"id\": \"b\", \"says\": \"device_memory = 42.3 "
     "GB\" } ]",
     "The grammar of claims in docs/plan-format.md."},
    {"communication-3", Section::Communication, RuleKind::Statement,
     Severity::Error, "stated collectives fit the claimed latency",
     "The times of collectives that are stated per layer, one behind the "
     "other through all layers, are at most the claimed latency of a "
     "batch. The note says how many micro-batches in flight would make it "
     "fit, and what is left if the collectives of a layer run side by "
     "side.",
     "Overlap hides communication behind computation, not behind other "
     "communication.",
     "\"model\": { \"num_hidden_layers\": 16 },\n\"stated\": { "
     "\"collectives\": [ { \"axis\": \"ep\", \"kind\": \"all_to_all\", "
     "\"time\": \"5 ms\", \"per\": \"layer\" } ] },\n\"claims\": [ { "
     "\"id\": \"lat\", \"says\": \"latency = 55 ms\" } ]",
     "\"model\": { \"num_hidden_layers\": 16 },\n\"stated\": { "
     "\"collectives\": [ { \"axis\": \"ep\", \"kind\": \"all_to_all\", "
     "\"time\": \"3 ms\", \"per\": \"layer\" } ] },\n\"claims\": [ { "
     "\"id\": \"lat\", \"says\": \"latency = 55 ms\" } ]",
     "A plan document: 40 ms of communication in each of two stages, 55 "
     "ms in all."},
    {"communication-4", Section::Communication, RuleKind::Advice,
     Severity::Warning, "the target for communication secures the latency",
     "As many collectives as a forward pass has, each as long as "
     "`targets.communication_latency` allows, fit the claimed latency. "
     "Counted are dispatch and combine of each MoE layer and the sum behind "
     "each attention or FFN block that `tp` or `etp` splits.",
     "A monitor that is green while the promise is broken monitors "
     "nothing.",
     "\"parallelism\": { \"ep\": 64 }, \"model\": { "
     "\"num_hidden_layers\": 16, \"num_experts\": 64 },\n\"targets\": { "
     "\"communication_latency\": \"< 1 ms\" },\n\"claims\": [ { \"id\": "
     "\"lat\", \"says\": \"latency = 8 ms\" } ]",
     "\"parallelism\": { \"ep\": 64 }, \"model\": { "
     "\"num_hidden_layers\": 16, \"num_experts\": 64 },\n\"targets\": { "
     "\"communication_latency\": \"< 0.2 ms\" },\n\"claims\": [ { \"id\": "
     "\"lat\", \"says\": \"latency = 8 ms\" } ]",
     "A plan document: 32 all-to-alls of up to 1 ms in 8 ms."},
    {"communication-5", Section::Communication, RuleKind::Advice,
     Severity::Warning, "a decoded layer has time for its token exchange",
     "The latency claimed for a token, spread over the layers, is at "
     "least the published time of one dispatch and one combine at that "
     "size of expert parallelism. Inside one NVLink domain the rule does "
     "not apply.",
     "Each MoE layer waits twice for the slowest of all ranks.",
     "\"workload\": { \"mode\": \"decode\" }, \"parallelism\": { \"ep\": "
     "64 },\n\"model\": { \"num_hidden_layers\": 16, \"num_experts\": 64 "
     "},\n\"claims\": [ { \"id\": \"tpot\", \"says\": \"tpot < 2 ms\" } ]",
     "\"workload\": { \"mode\": \"decode\" }, \"parallelism\": { \"ep\": "
     "64 },\n\"model\": { \"num_hidden_layers\": 16, \"num_experts\": 64 "
     "},\n\"claims\": [ { \"id\": \"tpot\", \"says\": \"tpot < 20 ms\" } ]",
     "deepseek-ai/DeepEP, docs/legacy.md: low-latency kernels on H800."},
    {"compute-2", Section::Compute, RuleKind::Advice, Severity::Warning,
     "a claimed share of the peak was reached before",
     "`mfu`, `compute_utilization` and `device_compute` against the dense "
     "BF16 peak are at most what published training of MoE models "
     "reaches: 52 % in BF16, 67 % with FP8. So are the lower end of a "
     "target, and what a claimed throughput takes. Plans that serve, and "
     "dense models, are not held against it.",
     "A plan that needs more than anybody has reached needs more GPUs.",
     "\"claims\": [ { \"id\": \"mfu\", \"says\": \"mfu = 80 %\" } ]",
     "\"claims\": [ { \"id\": \"mfu\", \"says\": \"mfu = 40 %\" } ]",
     "The largest of the published runs in benchmarks/accuracy: "
     "arXiv:2504.14960, Table 4; Megatron-Bridge, "
     "docs/performance-summary-archive.md."},
    {"compute-3", Section::Compute, RuleKind::Statement, Severity::Error,
     "a share is at most the whole",
     "Utilisations, shares and the stated overlap are at most 100 %. Where the "
     "value over the "
     "number of ranks is, the work of all ranks was probably set against "
     "the peak of one.",
     "A figure of the cluster and one of a GPU differ by a factor that "
     "nobody sees in a percentage.",
     "\"cluster\": { \"world_size\": 8 },\n\"claims\": [ { \"id\": "
     "\"mfu\", \"says\": \"mfu = 312 %\" } ]",
     "\"cluster\": { \"world_size\": 8 },\n\"claims\": [ { \"id\": "
     "\"mfu\", \"says\": \"mfu = 39 %\" } ]",
     "huggingface/blog#1649: the tokens of a cluster against the peak of "
     "one GPU."},
    {"compute-4", Section::Compute, RuleKind::Advice, Severity::Warning,
     "claims count with dense peaks",
     "No number in a claim is the peak of the plan's GPU for 2:4 sparse "
     "matrices, twice the dense one, at the precision in use.",
     "Utilisation against the sparse peak is half of what it is.",
     "\"cluster\": { \"gpu\": \"H100\", \"world_size\": 8 },\n\"claims\": "
     "[ { \"id\": \"mfu\", \"says\": \"400 TFLOPS / 1979 TFLOPS = 20.2 "
     "%\" } ]",
     "\"cluster\": { \"gpu\": \"H100\", \"world_size\": 8 },\n\"claims\": "
     "[ { \"id\": \"mfu\", \"says\": \"400 TFLOPS / 989 TFLOPS = 40.4 %\" "
     "} ]",
     "NVIDIA/Megatron-LM#1565."},
    {"policy-1", Section::Claims, RuleKind::Advice, Severity::Warning,
     "what is claimed is wanted",
     "A claimed value meets the target of that name. A utilisation of memory "
     "or "
     "compute below 10 %, of compute in decode below 1 %, has a target.",
     "\"Excellent headroom\" and \"severe underutilization\" are the same "
     "number; the plan has to say which it wants.",
     "\"claims\": [ { \"id\": \"mem\", \"says\": \"memory_utilization < "
     "0.2 %\" } ]",
     "\"targets\": { \"memory_utilization\": \"60 % .. 95 %\" },\n"
     "\"claims\": [ { \"id\": \"mem\", \"says\": \"memory_utilization = "
     "66.1 %\" } ]",
     "Five plan documents that call 0.1 % a defect and excellent in turns."},
};

llvm::ArrayRef<Rule> mlir::moe::claimRules() { return claimTable; }
