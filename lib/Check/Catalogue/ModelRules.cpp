//===- ModelRules.cpp - Rules of the model and its experts ----------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tables.h"

using namespace mlir::moe;

static constexpr Rule modelTable[] = {
    {"model-1", Section::Model, RuleKind::Legality, Severity::Error,
     "runs of layers cover the model once",
     "The `layers` of a model follow each other from 0 to the number"
     " of layers, without gap or overlap.",
     "A layer that nobody describes has no weights, no place and no "
     "cost.",
     "// moe.model with 8 layers\n"
     "// layers @a 0 to 3 {...}   layers @b 4 to 8 {...}",
     "// moe.model with 8 layers\n"
     "// layers @a 0 to 4 {...}   layers @b 4 to 8 {...}",
     "Megatron-LM, --moe-layer-freq: one entry per layer."},
    {"model-2", Section::Model, RuleKind::Advice, Severity::Note,
     "figures taken from a configuration class",
     "Keys that a Hugging Face configuration leaves out have the "
     "default of its class, as in the library itself. The note names"
     " them.",
     "A default that nobody meant is as wrong as a typo, and harder "
     "to see.",
     "\"model\": { \"model_type\": \"mixtral\" }",
     "\"model\": { \"model_type\": \"mixtral\", \"num_local_experts\": 8 }",
     "huggingface/transformers, configuration classes."},
    {"heads-1", Section::Model, RuleKind::Legality, Severity::Error,
     "tp divides the attention heads",
     "The number of attention heads is a multiple of `tp`.",
     "Heads are whole. Frameworks refuse the model when they load "
     "it.",
     "\"model\": { \"num_attention_heads\": 64 },\n"
     "\"parallelism\": { \"tp\": 3 }",
     "\"model\": { \"num_attention_heads\": 64 },\n"
     "\"parallelism\": { \"tp\": 4 }",
     "vllm-project/vllm#52435; Megatron-LM, transformer_config.py."},
    {"heads-2", Section::Model, RuleKind::Legality, Severity::Error,
     "tp divides the key-value heads, or they divide tp",
     "With fewer key-value heads than `tp`, each is held by several "
     "ranks (a note). When neither divides the other, the plan is "
     "refused. Latent attention has no key-value heads.",
     "Copies cost memory in the KV cache; an uneven split cannot be "
     "built.",
     "\"model\": { \"num_key_value_heads\": 8 },\n"
     "\"parallelism\": { \"tp\": 6 }",
     "\"model\": { \"num_key_value_heads\": 8 },\n"
     "\"parallelism\": { \"tp\": 4 }",
     "Megatron-LM, transformer_config.py: num_query_groups is a "
     "multiple or divisor of the tensor-parallel size."},
    {"heads-3", Section::Model, RuleKind::Legality, Severity::Error,
     "cp divides the heads of a rank where ranks exchange heads",
     "With `cp_comm_type` a2a, each of the `cp` ranks takes all tokens of an "
     "equal part of the heads that `tp` left to a rank: `cp` divides these "
     "attention heads and, but under latent attention, these key-value heads.",
     "A head is computed on one rank; heads that do not divide cannot be dealt "
     "out.",
     "\"model\": { \"num_key_value_heads\": 4 },\n"
     "\"workload\": { \"cp_comm_type\": \"a2a\" },\n"
     "\"parallelism\": { \"tp\": 2, \"cp\": 4 }",
     "\"model\": { \"num_key_value_heads\": 4 },\n"
     "\"workload\": { \"cp_comm_type\": \"a2a\" },\n"
     "\"parallelism\": { \"tp\": 2, \"cp\": 2 }",
     "TransformerEngine, attention/dot_product_attention/context_parallel.py: "
     "the number of heads is divisible by the size of the group."},
    {"heads-4", Section::Model, RuleKind::Legality, Severity::Error,
     "key-value heads divide the attention heads",
     "Each key-value head serves the same number of attention heads, at least "
     "one. Latent attention has no key-value heads.",
     "Grouped-query attention repeats each key-value head a whole number of "
     "times; frameworks refuse anything else.",
     "\"model\": { \"num_attention_heads\": 32, \"num_key_value_heads\": 64 }",
     "\"model\": { \"num_attention_heads\": 32, \"num_key_value_heads\": 8 }",
     "arXiv 2305.13245; Megatron-LM, transformer_config.py."},
    {"heads-5", Section::Model, RuleKind::Legality, Severity::Error,
     "heads share the hidden size, or have one of their own",
     "Without `head_dim` the size of a head is the hidden size over the "
     "attention heads, which is whole. Latent attention states its sizes.",
     "The shapes of all projections follow from it; configuration classes "
     "round down and build another model.",
     "\"model\": { \"hidden_size\": 4000, \"num_attention_heads\": 48 }",
     "\"model\": { \"hidden_size\": 4000, \"num_attention_heads\": 48, "
     "\"head_dim\": 128 }",
     "transformers, configuration classes: head_dim = hidden_size // "
     "num_attention_heads."},
    {"ffn-1", Section::Model, RuleKind::Legality, Severity::Error,
     "tp divides the width of dense and shared FFNs",
     "The FFN width of dense layers and of shared experts is a "
     "multiple of `tp`.",
     "Columns and rows of a weight are split into equal parts.",
     "\"model\": { \"intermediate_size\": 18432 },\n"
     "\"parallelism\": { \"tp\": 7 }",
     "\"model\": { \"intermediate_size\": 18432 },\n"
     "\"parallelism\": { \"tp\": 8 }",
     "Megatron-LM, tensor_parallel/utils.py, divide."},
    {"experts-3", Section::Model, RuleKind::Legality, Severity::Error,
     "etp divides the width of an expert",
     "The FFN width of an expert is a multiple of `etp`.",
     "Columns and rows of a weight are split into equal parts.",
     "\"model\": { \"moe_intermediate_size\": 2048 },\n"
     "\"parallelism\": { \"etp\": 3 }",
     "\"model\": { \"moe_intermediate_size\": 2048 },\n"
     "\"parallelism\": { \"etp\": 2 }",
     "Megatron-LM, tensor_parallel/utils.py, divide."},
    {"quantization-1", Section::Model, RuleKind::Legality, Severity::Error,
     "each rank holds whole quantization blocks",
     "Of a model quantised in blocks, the part of a width that one "
     "rank holds is a multiple of the block.",
     "A block has one scale. Half a block has none, and kernels "
     "refuse the shape.",
     "// quantization_config.weight_block_size [128, 128]\n"
     "\"model\": { \"moe_intermediate_size\": 3072 },\n"
     "\"parallelism\": { \"etp\": 16 }",
     "// quantization_config.weight_block_size [128, 128]\n"
     "\"model\": { \"moe_intermediate_size\": 3072 },\n"
     "\"parallelism\": { \"etp\": 8 }",
     "vllm-project/vllm#40955: 3072 / 16 = 192, block 128."},
    {"vocab-1", Section::Model, RuleKind::Advice, Severity::Note,
     "the vocabulary is padded",
     "Megatron-Core pads the vocabulary to a multiple of 128 x TP. "
     "The note gives the padded size.",
     "The embedding and the output head are larger than the model "
     "says, and checkpoints of another `tp` have another shape.",
     "\"model\": { \"vocab_size\": 50000 },\n"
     "\"parallelism\": { \"tp\": 2 }",
     "\"model\": { \"vocab_size\": 50176 },\n"
     "\"parallelism\": { \"tp\": 2 }",
     "Megatron-LM, training/tokenizer, _vocab_size_with_padding, "
     "--make-vocab-size-divisible-by 128."},
    {"experts-1", Section::Model, RuleKind::Legality, Severity::Error,
     "what a token chooses exists",
     "`num_experts_per_tok` is at most the number of experts; router"
     " groups divide the experts; a token chooses no more groups "
     "than there are, and they hold enough experts.",
     "The router's top-k fails, or silently returns an expert twice.",
     "\"model\": { \"num_experts\": 8, \"num_experts_per_tok\": 9 }",
     "\"model\": { \"num_experts\": 8, \"num_experts_per_tok\": 2 }",
     "torch.topk; DeepSeek-V3, modeling_deepseek.py, MoEGate."},
    {"experts-4", Section::Model, RuleKind::Legality, Severity::Error,
     "expert parallelism needs experts", "A dense model has `ep` = 1.",
     "The ranks of the axis would hold nothing.",
     "\"model\": { \"intermediate_size\": 28672 },   // no experts\n"
     "\"parallelism\": { \"ep\": 8 }",
     "\"model\": { \"intermediate_size\": 28672 },\n"
     "\"parallelism\": { \"ep\": 1 }",
     "Megatron-LM, arguments.py: expert parallelism without --num-"
     "experts is refused."},
    {"experts-5", Section::Model, RuleKind::Advice, Severity::Note,
     "router groups and nodes match",
     "With group-limited routing the number of nodes of an `ep` "
     "group divides the number of router groups, or the other way "
     "round.",
     "Limiting a token to a few groups limits the nodes it is sent "
     "to only while no group straddles two nodes.",
     "// n_group 8, gpus_per_node 8\n"
     "\"parallelism\": { \"ep\": 48 }",
     "// n_group 8, gpus_per_node 8\n"
     "\"parallelism\": { \"ep\": 64 }",
     "DeepSeek-V3 technical report, section 2.1.2, node-limited "
     "routing; deepseek-ai/EPLB, rebalance_experts_hierarchical."},
    {"experts-2", Section::Balance, RuleKind::Legality, Severity::Error,
     "ep divides the experts",
     "The experts of a layer are a multiple of `ep`, or "
     "`experts.slots_per_rank` leaves room for redundant replicas. A"
     " plan that states its uneven split (`stated.experts_per_rank`)"
     " and names no framework is only warned.",
     "Experts are whole. Replicas fill the ranks without touching "
     "the trained model; another number of experts is another model.",
     "\"model\": { \"num_experts\": 64 },\n"
     "\"parallelism\": { \"ep\": 3 }",
     "\"model\": { \"num_experts\": 64 },\n"
     "\"parallelism\": { \"ep\": 3 },\n"
     "\"experts\": { \"slots_per_rank\": 22 }   // 66 slots, 2 replicas",
     "vllm-project/vllm#52435: 256 experts on 3 ranks; Megatron-LM, "
     "moe_layer.py: num_moe_experts % expert_parallel_size."},
    {"balance-1", Section::Balance, RuleKind::Advice, Severity::Warning,
     "ranks hold equally many experts",
     "The largest count over the mean, and the variance of the "
     "counts. A warning beyond `policy.imbalance` (1.05 by default),"
     " else a note.",
     "The fullest rank sets the pace of every layer. Equal counts "
     "are necessary for equal load, not sufficient: load needs "
     "measured routing.",
     "\"model\": { \"num_experts\": 64 },\n"
     "\"parallelism\": { \"ep\": 3 },\n"
     "\"stated\": { \"experts_per_rank\": [22, 21, 21] }",
     "\"model\": { \"num_experts\": 64 },\n"
     "\"parallelism\": { \"ep\": 3 },\n"
     "\"experts\": { \"slots_per_rank\": 22 }",
     "max/mean of 22, 21, 21 is 1.031."},
    {"balance-2", Section::Balance, RuleKind::Advice, Severity::Note,
     "experts are split",
     "With `etp` > 1 a rank holds parts of experts. The note gives "
     "how many whole experts they amount to.",
     "\"One expert per GPU\" is half an expert per GPU at etp = 2; "
     "memory and work per rank are half as well.",
     "// 64 experts, 128 ranks, called \"1 expert per GPU\"\n"
     "\"parallelism\": { \"rule\": \"product\", \"ep\": 64, \"tp\": 2 }",
     "// 64 experts and 64 replicas, 1 per GPU\n"
     "\"parallelism\": { \"ep\": 128, \"etp\": 1 },\n"
     "\"experts\": { \"slots_per_rank\": 1 }",
     "64 / (64 x 2) = 0.5 of an expert per rank and layer."},
    {"balance-3", Section::Balance, RuleKind::Statement, Severity::Error,
     "stated experts per rank are those the plan implies",
     "`stated.experts_per_rank` lists a count for every rank, or for"
     " every rank of one `ep` group. Together they hold all experts,"
     " and they are what `ep`, `etp` and `slots_per_rank` give.",
     "What a document counts is what its memory and balance figures "
     "rest on.",
     "\"model\": { \"num_experts\": 64 },\n"
     "\"stated\": { \"experts_per_rank\": [8, 8, 8] }   // 24 slots",
     "\"model\": { \"num_experts\": 64 },\n"
     "\"stated\": { \"experts_per_rank\": [22, 21, 21] }",
     "Slots hold every expert."},
    {"balance-4", Section::Balance, RuleKind::Legality, Severity::Error,
     "the slots hold every expert",
     "`ep` x `slots_per_rank` is at least the number of experts.",
     "An expert without a slot cannot be called.",
     "\"model\": { \"num_experts\": 256 },\n"
     "\"parallelism\": { \"ep\": 64 },\n"
     "\"experts\": { \"slots_per_rank\": 3 }",
     "\"model\": { \"num_experts\": 256 },\n"
     "\"parallelism\": { \"ep\": 64 },\n"
     "\"experts\": { \"slots_per_rank\": 4 }",
     "NVIDIA/TensorRT-LLM, num_slots; sgl-project/sglang, --ep-num-"
     "redundant-experts."},
    {"balance-6", Section::Balance, RuleKind::Legality, Severity::Error,
     "recorded loads are those of the layers",
     "A recording has a count for every expert, in one row for all "
     "layers of its run or in a row for each of them.",
     "Counts of another model balance nothing: experts would be "
     "placed by the load of others.",
     "// 4 experts in each of 2 layers\n"
     "load @l of @model::@sparse = dense<1> : tensor<2x5xi64>",
     "// 4 experts in each of 2 layers\n"
     "load @l of @model::@sparse = dense<1> : tensor<2x4xi64>",
     "Rows that are cut at the wrong expert count; plan files are "
     "refused where they are read."},
    {"balance-7", Section::Balance, RuleKind::Advice, Severity::Warning,
     "the ranks of experts get equal load",
     "Recorded loads under the placement: the busiest rank over the "
     "mean in the worst layer, what that costs of a step, and what a "
     "placement by load would reach. A warning beyond "
     "`policy.imbalance` (1.05 by default).",
     "Every layer waits for its busiest rank, so its load is the "
     "time of all. The estimate follows it: computation and exchange "
     "the mean over layers, buffers the worst layer.",
     "\"experts\": { \"loads\": \"loads.json\" }",
     "\"experts\": { \"loads\": \"loads.json\", \"placement\": "
     "\"balanced\", \"slots_per_rank\": 5 }",
     "deepseek-ai/EPLB; sgl-project/sglang#5309."},
    {"placement-1", Section::Balance, RuleKind::Legality, Severity::Error,
     "a placement holds every expert, and none twice on a rank",
     "The table has a row for every rank of an `ep` group, covers "
     "all layers of its run, names every expert and no expert that "
     "does not exist, and no expert twice on one rank. "
     "`slots_per_rank` is at most the number of experts.",
     "A missing expert cannot be called. A second replica on the "
     "same rank takes memory and balances nothing.",
     "// placement: ranks x slots\n"
     "[[0, 0], [1, 2]]",
     "// placement: ranks x slots\n"
     "[[0, 1], [1, 2]]",
     "vllm-project/vllm PR#18343; NVIDIA/TensorRT-LLM PR#13974 (a "
     "placement that leaves out a layer)."},
    {"placement-2", Section::Balance, RuleKind::Advice, Severity::Warning,
     "replicas of an expert sit on different nodes",
     "When an `ep` group spans nodes, the replicas of an expert are "
     "not all on one of them.",
     "Replicas on several nodes save traffic between nodes and "
     "survive the loss of one.",
     "// placement of 2 nodes with 2 ranks each, 1 slot\n"
     "[[0], [0], [1], [2]]",
     "// placement of 2 nodes with 2 ranks each, 1 slot\n"
     "[[0], [1], [0], [2]]",
     "deepseek-ai/EPLB, README, hierarchical load balancing."},
};

llvm::ArrayRef<Rule> mlir::moe::modelRules() { return modelTable; }
