//===- CostRules.cpp - Memory, FLOPs and time -----------------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tables.h"

using namespace mlir::moe;

static constexpr Rule costTable[] = {
    {"memory-1", Section::Memory, RuleKind::Legality, Severity::Error,
     "every stage fits",
     "What a rank of the most loaded stage needs is less than its GPU has: "
     "weights, gradients, optimizer states, activations of the micro-batches "
     "in "
     "flight, buffers, KV cache, and what the allocator does not see. An "
     "estimate is good to 10 %: beyond that it is an error, within it "
     "memory-5. What a training plan leaves open is granted: it is an error "
     "only where whole layers are recomputed, everything is sharded and states "
     "are as small as frameworks make them, and the plan still does not fit. "
     "Where figures are missing, parts that are too large on their own are "
     "found all the same. The fixes are the fastest changes that fit, by the "
     "same closed form, of recomputation, sharding, batch, and of all values "
     "of each degree; a key that has to follow, as a stated `dp`, changes "
     "along. Each has been checked against all rules.",
     "The job dies with an out-of-memory error, often only when the first "
     "backward pass runs.",
     "\"workload\": { \"mode\": \"train\", \"optimizer\": { \"sharding\": "
     "\"none\" }, ... }",
     "\"workload\": { \"mode\": \"train\", \"optimizer\": { \"sharding\": "
     "\"distributed\" }, ... }",
     "The cost model (docs/architecture.md, Cost). No published run that ran "
     "is refused."},
    {"memory-2", Section::Memory, RuleKind::Legality, Severity::Error,
     "the cluster holds the model",
     "The weights of the whole model are at most the memory of all GPUs "
     "together; in training with an optimizer, gradients and states exist at "
     "least once, too. No split helps where this fails.",
     "A search for degrees that fit would never end.",
     "\"cluster\": { \"gpu\": \"H100\", \"nodes\": 1 }  // and 480 billion "
     "parameters: 960 GB of 640 GB",
     "\"cluster\": { \"gpu\": \"H100\", \"nodes\": 2 }",
     "vllm-project/vllm#4786: 480 billion bf16 parameters on 8 GPUs of 80 GB."},
    {"memory-3", Section::Memory, RuleKind::Advice, Severity::Warning,
     "stages need about the same memory",
     "The largest stage needs at most as many times the mean as the policy "
     "`memory_imbalance` says, 1.5 by default. Early stages of a pipeline keep "
     "more micro-batches, the last holds the logits; the notes say what the "
     "two "
     "extremes are made of.",
     "The largest stage decides whether a plan fits; the others leave memory "
     "unused.",
     "\"parallelism\": { \"pp\": 4, \"layout\": \"Ettttttttt|t|t|tL\" }",
     "\"parallelism\": { \"pp\": 4, \"layout\": \"Ettt|ttt|ttt|tttL\" }",
     "The cost model."},
    {"memory-4", Section::Memory, RuleKind::Advice, Severity::Warning,
     "memory is used as the policy wants",
     "What the largest stage needs, as a share of the memory of a GPU or in "
     "bytes, meets the policy `device_memory`.",
     "A policy says how much room to leave, or how much hardware may idle.",
     "\"policy\": { \"device_memory\": \"60 % .. 95 %\" }  // and the plan "
     "uses "
     "31 %",
     "\"policy\": { \"device_memory\": \"<= 95 %\" }", "The plan itself."},
    {"memory-5", Section::Memory, RuleKind::Advice, Severity::Warning,
     "the plan fits with certainty",
     "The estimate is above the memory of a GPU, but by less than estimates "
     "are off; or by more, and what the plan does not state decides: the note "
     "says which keys, and what a rank needs with their values that need "
     "least. The plan may run.",
     "A run at the limit may die late: an imbalanced step or a longer sequence "
     "takes the last gigabyte. A plan that leaves recomputation or sharding "
     "open does not say whether it fits.",
     "\"workload\": { \"mode\": \"train\", ... }  // 413 GB with nothing "
     "recomputed, 56 GB with whole layers",
     "\"workload\": { \"mode\": \"train\", \"recompute\": \"full\", ... }",
     "The cost model."},
    {"compute-5", Section::Compute, RuleKind::Statement, Severity::Error,
     "a claimed throughput is below the roofline",
     "Claimed tokens per second, times the FLOPs of a token, are at most the "
     "dense peak of all GPUs. A token costs its forward pass, in training "
     "three times that; where figures of the model are missing, the parts that "
     "are known are a lower bound.",
     "No overlap and no kernel does more than the hardware can.",
     "\"claims\": [ { \"id\": \"rate\", \"says\": \"throughput = 319488 "
     "tokens/s\" } ]  // 3.3 PFLOP/s on three GPUs of 400 TFLOPS",
     "\"claims\": [ { \"id\": \"rate\", \"says\": \"throughput = 60000 "
     "tokens/s\" } ]",
     "A plan document: 312 samples/s of 1024 tokens on 3 GPUs. FLOPs as "
     "Megatron-LM counts them (num_floating_point_operations)."},
    {"compute-6", Section::Compute, RuleKind::Statement, Severity::Error,
     "claimed work and claimed throughput agree",
     "A claimed rate of computation over a claimed throughput is the work of a "
     "token. It is not less than what the model takes, or what the parts of it "
     "take that are known.",
     "One of the two figures is wrong, and with it all that is built on it.",
     "\"claims\": [ { \"id\": \"work\", \"says\": \"device_compute = 0.09 "
     "TFLOPS\" },\n  { \"id\": \"rate\", \"says\": \"throughput = 450000 "
     "tokens/s\" } ]",
     "\"claims\": [ { \"id\": \"work\", \"says\": \"device_compute = 0.6 "
     "TFLOPS\" },\n  { \"id\": \"rate\", \"says\": \"throughput = 450000 "
     "tokens/s\" } ]",
     "A plan document: 25.6 MFLOP a token, where attention alone takes 134."},
    {"communication-6", Section::Communication, RuleKind::Statement,
     Severity::Error, "a claimed time has room for the communication",
     "A claimed latency, step time or the step that a claimed throughput "
     "implies is not shorter than its collectives take at the full speed of "
     "their links (an error), nor than they take by estimate (a warning). "
     "The reduction of gradients is left out.",
     "Overlap hides communication behind computation, not behind itself.",
     "\"claims\": [ { \"id\": \"fast\", \"says\": \"tpot < 1 ms\" } ]  // 116 "
     "all-to-alls a pass",
     "\"claims\": [ { \"id\": \"fast\", \"says\": \"tpot < 30 ms\" } ]",
     "A plan document: 2 ms a token for 16 layers over 128 ranks."},
    {"communication-7", Section::Communication, RuleKind::Statement,
     Severity::Warning, "the overlap that is needed is declared",
     "To reach a claimed time, some share of the communication must run beside "
     "computation. It is at most the share that the plan states as `overlap`. "
     "The error of the estimate is granted.",
     "A time that only holds with overlap is no time of a plan without.",
     "\"stated\": { \"overlap\": \"0 %\" }  // and a step time that takes 60 %",
     "\"stated\": { \"overlap\": \"60 %\" }", "The cost model."},
};

llvm::ArrayRef<Rule> mlir::moe::costRules() { return costTable; }
