//===- GridRules.cpp - Rules of ranks, meshes and groups ------------------===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tables.h"

using namespace mlir::moe;

static constexpr Rule gridTable[] = {
    {"mesh-1", Section::Equation, RuleKind::Legality, Severity::Error,
     "the degrees multiply to the number of ranks",
     "Under the folded rule (Megatron-Core's, the default) TP x CP x"
     " PP x DP is the number of ranks; under the product rule EP x "
     "TP x CP x PP x DP is. With `dp` absent or \"auto\" the other "
     "degrees divide the number of ranks. A `mesh` in a plan covers "
     "every rank once. The message gives the factor of over-"
     "subscription, where every degree comes from, and what the "
     "other rule would say.",
     "Every rank has one place in the grid. With more places than "
     "GPUs the job never starts; with fewer, GPUs are paid for and "
     "idle.",
     "\"cluster\": { \"world_size\": 64 },\n"
     "\"parallelism\": { \"rule\": \"product\", \"ep\": 64, \"tp\": 16, "
     "\"pp\": "
     "4, \"dp\": 4 }",
     "\"cluster\": { \"world_size\": 64 },\n"
     "\"parallelism\": { \"rule\": \"product\", \"ep\": 64 }",
     "Megatron-LM, megatron/core/parallel_state.py, "
     "initialize_model_parallel. All 40 distinct MoE configurations "
     "that NVIDIA publishes for Megatron-Bridge satisfy the folded "
     "rule; 4 of them break the product rule."},
    {"mesh-3", Section::Equation, RuleKind::Legality, Severity::Error,
     "folded meshes agree on the axes they keep",
     "An axis that both meshes keep (`pp`) has the same size and the"
     " same stride in both, so that its groups are the same ranks.",
     "Attention and experts of one layer must be on the same "
     "pipeline stage. If the stages are different ranks, activations"
     " arrive where nobody expects them and the job hangs.",
     "\"parallelism\": { \"tp\": 4, \"pp\": 2, \"ep\": 8, \"etp\": 1, "
     "\"order\":"
     " \"tp-pp-cp-ep-dp\" }",
     "\"parallelism\": { \"tp\": 4, \"pp\": 2, \"ep\": 8, \"etp\": 1, "
     "\"order\":"
     " \"tp-cp-ep-dp-pp\" }",
     "Megatron-LM, megatron/core/parallel_state.py: the pipeline "
     "groups of the decoder and of the expert generator are asserted"
     " to be equal."},
    {"mesh-4", Section::Equation, RuleKind::Legality, Severity::Error,
     "folded meshes have a common refinement",
     "Both meshes are cut at all their cumulative strides; each cut "
     "divides the next. The quotients are the one grid to which a "
     "plan is lowered. `moec build` refuses others; a plan whose framework "
     "builds both meshes runs without it, and gets a warning.",
     "Without a common grid no axis of one mesh is a run of "
     "dimensions of the other, and tokens cannot be resharded "
     "between attention and experts by collectives over whole axes.",
     "\"cluster\": { \"world_size\": 24 },\n"
     "\"parallelism\": { \"tp\": 3, \"ep\": 4, \"etp\": 1 }",
     "\"cluster\": { \"world_size\": 24 },\n"
     "\"parallelism\": { \"tp\": 3, \"ep\": 8, \"etp\": 3 }",
     "include/moe/Topology/RankSpace.h, refine; checked by brute "
     "force over the factorings of up to 36 ranks."},
    {"mesh-5", Section::Equation, RuleKind::Legality, Severity::Error,
     "the grid of the experts divides the ranks",
     "Under the folded rule ETP x EP x PP divides the number of "
     "ranks; the quotient is the expert data-parallel degree. An "
     "absent `etp` follows `tp` in Megatron-Core; the message says "
     "so.",
     "Experts have a grid of their own over the same ranks. "
     "Frameworks stop with an assertion deep in their start-up, "
     "often after the job has waited in a queue.",
     "\"cluster\": { \"world_size\": 8 },\n"
     "\"parallelism\": { \"tp\": 2, \"pp\": 2, \"ep\": 8, \"etp\": 1 }",
     "\"cluster\": { \"world_size\": 8 },\n"
     "\"parallelism\": { \"tp\": 2, \"pp\": 2, \"ep\": 4, \"etp\": 1 }",
     "THUDM/slime#1818, NVIDIA-NeMo/Speech#14838, NVIDIA-"
     "NeMo/Megatron-Bridge#546, deepspeedai/DeepSpeed#7535."},
    {"mesh-6", Section::Equation, RuleKind::Legality, Severity::Error,
     "the order names every axis once",
     "`order` lists tp, cp, ep, dp and pp, each once, the axis of "
     "the smallest stride first.",
     "The order decides which ranks are neighbours, and so which "
     "groups stay inside a node.",
     "\"parallelism\": { \"order\": \"tp-cp-dp-pp\" }",
     "\"parallelism\": { \"order\": \"tp-cp-ep-dp-pp\" }",
     "Megatron-LM, megatron/core/parallel_state.py, RankGenerator."},
    {"framework-1", Section::Equation, RuleKind::Legality, Severity::Error,
     "the framework builds groups of the degrees",
     "Under the folded rule, the code by which the plan's framework builds its "
     "process groups accepts degrees and order: `ep` divides `dp` in "
     "DeepSpeed, "
     "`ep` divides the ranks of a stage in torchtitan, the pipelines of "
     "attention and of experts are the same ranks in Megatron-Core. Where the "
     "groups are built but the server or training script refuses them later, "
     "it is a warning.",
     "What the equations allow, a framework may still refuse when it starts.",
     "\"framework\": \"deepspeed\", \"cluster\": { \"world_size\": 16 },\n"
     "\"parallelism\": { \"tp\": 2, \"ep\": 16 }",
     "\"framework\": \"deepspeed\", \"cluster\": { \"world_size\": 16 },\n"
     "\"parallelism\": { \"tp\": 2, \"ep\": 8 }",
     "`moec groups`: Megatron-LM parallel_state.py, torchtitan "
     "parallel_dims.py, DeepSpeed utils/groups.py, SGLang parallel_state.py."},
    {"framework-2", Section::Equation, RuleKind::Legality, Severity::Error,
     "serving spreads experts over all ranks of a stage",
     "In vLLM expert parallelism is a switch: EP = TP x DP. In TensorRT-LLM "
     "moe_tp_size x moe_ep_size is the number of ranks of a stage, that is "
     "ETP x EP = TP x DP.",
     "A plan with another `ep` counts experts on each rank, memory and traffic "
     "that the engine will not have.",
     "\"framework\": \"vllm\", \"parallelism\": { \"tp\": 2, \"dp\": 4, "
     "\"ep\": 4 "
     "}",
     "\"framework\": \"vllm\", \"parallelism\": { \"tp\": 2, \"dp\": 4, "
     "\"ep\": 8 "
     "}",
     "vLLM, vllm/model_executor/layers/fused_moe/config.py; TensorRT-LLM, "
     "tensorrt_llm/mapping.py."},
    {"framework-3", Section::Equation, RuleKind::Advice, Severity::Warning,
     "the framework uses the placement",
     "TensorRT-LLM reads `load_balancer` only with data-parallel attention "
     "(DP > 1), and looks up every MoE layer in it, those of multi-token "
     "prediction included.",
     "A placement that is ignored balances nothing, and nobody is told; one "
     "that lacks a layer stops the engine when it starts.",
     "\"framework\": \"trtllm\", \"parallelism\": { \"tp\": 8, \"ep\": 8 "
     "},\n"
     "\"experts\": { \"placement\": \"balanced\" }",
     "\"framework\": \"trtllm\", \"parallelism\": { \"dp\": 8, \"ep\": 8 "
     "},\n"
     "\"experts\": { \"placement\": \"balanced\" }",
     "NVIDIA/TensorRT-LLM PR#18626 and PR#13974."},
    {"framework-4", Section::Equation, RuleKind::Legality, Severity::Error,
     "the framework does what the plan is for",
     "torchtitan trains; vLLM, SGLang and TensorRT-LLM serve; Megatron-Core "
     "and DeepSpeed do both.",
     "Legality and defaults are those of a framework that will never run the "
     "plan.",
     "\"framework\": \"vllm\", \"workload\": { \"mode\": \"train\" }",
     "\"framework\": \"megatron\", \"workload\": { \"mode\": \"train\" }",
     "The documentation of each framework; Megatron-LM, "
     "megatron/core/inference; DeepSpeed, deepspeed/inference."},
    {"framework-5", Section::Equation, RuleKind::Legality, Severity::Error,
     "the framework runs the settings together",
     "Megatron-LM refuses `ep_overlap` in a pipeline whose stages have one "
     "chunk, without expert-parallel ranks, with the dispatcher allgather (its "
     "default), with MoE layers or whole layers that are computed again, in "
     "fp32, and with more than one layer of multi-token prediction; expert "
     "parallelism in fp16; and whole layers that are computed again under CUDA "
     "graphs of single layers. SGLang and vLLM refuse `ep_overlap` without the "
     "dispatcher deepep, and DeepEP more than 1024 tokens of a rank in "
     "decoding, those of a replica over `tp`, which vLLM exchanges in parts. "
     "A warning where the framework's default refuses, not the plan, and "
     "where its newest releases run the settings.",
     "Each setting is right alone. The framework asserts that they go together "
     "when it starts, after the job waited for its GPUs.",
     "\"framework\": \"megatron\",\n"
     "\"parallelism\": { \"pp\": 8, \"ep\": 8 },\n"
     "\"workload\": { \"dispatcher\": \"alltoall\", \"ep_overlap\": true }",
     "\"framework\": \"megatron\",\n"
     "\"parallelism\": { \"pp\": 8, \"vpp\": 2, \"ep\": 8 },\n"
     "\"workload\": { \"dispatcher\": \"alltoall\", \"ep_overlap\": true }",
     "Megatron-LM, megatron/core/transformer/transformer_config.py "
     "(`__post_init__`), megatron/training/arguments.py (`validate_args`); "
     "SGLang, python/sglang/srt/server_args.py; vLLM, vllm/config/vllm.py; "
     "DeepEP, csrc/kernels/internode_ll.cu."},
    {"mesh-7", Section::Equation, RuleKind::Advice, Severity::Note,
     "the other rule would not accept the degrees",
     "The degrees satisfy the rule of the plan, but would be wrong "
     "under the other one. The note says what the other rule would "
     "need.",
     "Documents about the same cluster use both rules without naming"
     " them. A reader with the other rule in mind will call this "
     "plan impossible.",
     "\"parallelism\": { \"tp\": 8, \"ep\": 8, \"pp\": 2 }",
     "\"parallelism\": { \"rule\": \"folded\", \"tp\": 8, \"ep\": 8, \"pp\": 2 "
     "}",
     "Of the 40 distinct MoE configurations that NVIDIA publishes, 4"
     " fit the folded rule only."},
    {"mesh-8", Section::Equation, RuleKind::Advice, Severity::Warning,
     "the product rule has no etp of its own",
     "Under the product rule `tp` splits attention and experts "
     "alike. An `etp` that differs from `tp` has no effect.",
     "The author meant whole experts and gets parts of them, or the "
     "other way round.",
     "\"parallelism\": { \"rule\": \"product\", \"ep\": 64, \"tp\": 2, "
     "\"etp\": "
     "1 }",
     "\"parallelism\": { \"rule\": \"product\", \"ep\": 64, \"tp\": 2, "
     "\"etp\": "
     "2 }",
     "The product rule has one grid."},
    {"cluster-1", Section::Equation, RuleKind::Legality, Severity::Error,
     "there are GPUs for all ranks",
     "`world_size` is at most `nodes` x `gpus_per_node`, a number "
     "that fits 63 bits.",
     "One rank needs one GPU. Two processes on one GPU deadlock in "
     "NCCL.",
     "\"cluster\": { \"nodes\": 2, \"gpus_per_node\": 8, \"world_size\": 32 "
     "}",
     "\"cluster\": { \"nodes\": 4, \"gpus_per_node\": 8, \"world_size\": 32 "
     "}",
     "NCCL: one communicator rank per device."},
    {"cluster-2", Section::Equation, RuleKind::Advice, Severity::Warning,
     "every GPU has a rank",
     "`world_size` is less than `nodes` x `gpus_per_node`.",
     "The GPUs that are left over are allocated and idle.",
     "\"cluster\": { \"nodes\": 2, \"gpus_per_node\": 8, \"world_size\": 12 "
     "}",
     "\"cluster\": { \"nodes\": 2, \"gpus_per_node\": 8, \"world_size\": 16 "
     "}",
     "Plans that state both figures."},
    {"cluster-3", Section::Equation, RuleKind::Legality, Severity::Error,
     "every node has equally many ranks",
     "The number of ranks is a multiple of the number of nodes.",
     "Launchers start the same number of processes on every node, "
     "and hierarchical balancing asserts it.",
     "\"cluster\": { \"nodes\": 3, \"world_size\": 16 }",
     "\"cluster\": { \"nodes\": 2, \"world_size\": 16 }",
     "sgl-project/sglang#8253: num_gpus % num_nodes, met as a bare "
     "assertion."},
    {"groups-1", Section::Groups, RuleKind::Statement, Severity::Error,
     "stated groups have the size and number that the degrees imply",
     "A degree is the size of a group, not the number of groups: "
     "`tp` = 8 on 64 ranks gives 8 groups of 8. The number may be "
     "that of the whole job or of one pipeline stage.",
     "Size and number are often exchanged. Whoever creates "
     "communicators from the text then joins the wrong ranks.",
     "\"parallelism\": { \"tp\": 8, \"ep\": 8, \"pp\": 2 },\n"
     "\"stated\": { \"groups\": [ { \"axis\": \"tp\", \"count\": 8, \"size\": "
     "4 "
     "} ] }",
     "\"parallelism\": { \"tp\": 8, \"ep\": 8, \"pp\": 2 },\n"
     "\"stated\": { \"groups\": [ { \"axis\": \"tp\", \"count\": 4, \"size\": "
     "8 "
     "} ] }",
     "xdit-project/xDiT#472: \"2 groups of 8 or 8 groups of 2?\""},
    {"groups-2", Section::Groups, RuleKind::Legality, Severity::Error,
     "every rank is in a group of every axis",
     "The size of each axis divides the number of ranks. The message"
     " names the ranks that are left over. It follows from mesh-1 or"
     " mesh-5 and is reported under it.",
     "A rank outside all groups waits for collectives that never "
     "come.",
     "\"cluster\": { \"world_size\": 3 },\n"
     "\"parallelism\": { \"tp\": 2 }",
     "\"cluster\": { \"world_size\": 4 },\n"
     "\"parallelism\": { \"tp\": 2 }",
     "Groups of one axis partition the ranks."},
    {"groups-3", Section::Groups, RuleKind::Advice, Severity::Warning,
     "tensor-parallel groups stay inside a node",
     "No `tp` or `etp` group has ranks in two nodes, or in two "
     "NVLink domains where these are larger.",
     "Tensor parallelism communicates in every layer, on the "
     "critical path. Between nodes it runs at about a ninth of the "
     "bandwidth of NVLink.",
     "\"cluster\": { \"gpu\": \"H100\", \"nodes\": 8 },\n"
     "\"parallelism\": { \"tp\": 16 }",
     "\"cluster\": { \"gpu\": \"H100\", \"nodes\": 8 },\n"
     "\"parallelism\": { \"tp\": 8, \"pp\": 2 }",
     "H100: 450 GB/s NVLink against 50 GB/s InfiniBand, per GPU and "
     "direction."},
    {"groups-4", Section::Groups, RuleKind::Advice, Severity::Warning,
     "expert-parallel groups do not straddle NVLink domains",
     "The ranks that neighbouring `ep` groups take are a divisor or a "
     "multiple of the ranks in an NVLink domain, or in a node where "
     "that is larger. Jobs fill domains evenly: 256 ranks take 64 GPUs "
     "of each rack of 72.",
     "A group that a boundary cuts sends most of its tokens over the "
     "network and lets the rest of the job wait for it in every layer. "
     "Groups of equal size then take unequal time, which no balance of "
     "experts repairs.",
     "\"cluster\": { \"gpu\": \"GB200\", \"nodes\": 36 },\n"
     "\"parallelism\": { \"ep\": 16 }",
     "\"cluster\": { \"gpu\": \"GB200\", \"nodes\": 32 },\n"
     "\"parallelism\": { \"ep\": 16 }",
     "GB200 NVL72: 18 nodes of 4 GPUs, 900 GB/s NVLink against 50 GB/s "
     "of network per GPU and direction. On nodes of 8, all 24 groups "
     "of 12 neighbours lie in two nodes."},
    {"cluster-4", Section::Compute, RuleKind::Legality, Severity::Error,
     "the GPU is known or described",
     "`gpu` is a name with a preset, or the plan states figures of its own "
     "for it: `gpu_memory`, `peak_bf16`, `peak_fp8`, `intra_node`, "
     "`inter_node`. A name that resembles a preset's and has figures of its "
     "own "
     "is a note.",
     "A misspelt name has no memory, peak or bandwidth: whatever needs one "
     "would silently go unchecked.",
     "\"cluster\": { \"gpu\": \"H10O\", \"nodes\": 2, \"gpus_per_node\": 8 }",
     "\"cluster\": { \"gpu\": \"MI300X\", \"nodes\": 2, \"gpus_per_node\": 8, "
     "\"gpu_memory\": \"192 GB\" }",
     "The plan format; `moec init --help` lists the names."},
    {"cluster-5", Section::Compute, RuleKind::Legality, Severity::Error,
     "an NVLink domain is a part of a node or whole nodes",
     "A stated `nvlink_domain` is a divisor or a multiple of `gpus_per_node`, "
     "and (a warning) no more than the GPUs of the cluster, counted in whole "
     "racks: 8 GPUs of an NVL72 rack are in a domain of 72.",
     "The domain decides which traffic is fast. A wrong one makes every "
     "estimate wrong.",
     "\"cluster\": { \"gpu\": \"H100\", \"nodes\": 2, \"gpus_per_node\": 8, "
     "\"nvlink_domain\": 7 }",
     "\"cluster\": { \"gpu\": \"GB200\", \"nodes\": 2, \"gpus_per_node\": 4, "
     "\"nvlink_domain\": 72 }",
     "NVIDIA HGX and NVL72 systems: NVSwitch joins all GPUs of a board or "
     "rack, NVLink bridges join pairs in a node."},
    {"cluster-6", Section::Equation, RuleKind::Legality, Severity::Error,
     "nodes have the GPUs that were seen",
     "`gpus_per_node` is the number of GPUs that `nvidia-smi topo -m` shows, "
     "where `topology` names its output.",
     "A rank without a GPU ends the job at its start, a GPU without a rank is "
     "paid for.",
     "\"cluster\": { \"gpus_per_node\": 8, \"topology\": \"a100x4.txt\" }",
     "\"cluster\": { \"gpus_per_node\": 4, \"topology\": \"a100x4.txt\" }",
     "nvidia-smi(1), topo -m: one row per GPU."},
    {"cluster-7", Section::Compute, RuleKind::Statement, Severity::Error,
     "NVLink joins the GPUs that the plan counts on",
     "GPUs of a node that share an `nvlink_domain` are joined by NVLink (NV#) "
     "in the output of `nvidia-smi topo -m` that `topology` names; and (a "
     "warning) no more GPUs are. NVLink between nodes is not in it.",
     "Between GPUs without NVLink NCCL takes PCIe, at a tenth of the "
     "bandwidth. "
     "One broken GPU of a board is enough, and every group waits for it.",
     "\"cluster\": { \"gpus_per_node\": 4, \"nvlink_domain\": 4, "
     "\"topology\": \"bridged-pairs.txt\" }",
     "\"cluster\": { \"gpus_per_node\": 4, \"nvlink_domain\": 2, "
     "\"topology\": \"bridged-pairs.txt\" }",
     "nvidia-smi(1), topo -m; vllm-project/vllm#16336 shows a B200 node with "
     "one GPU off NVLink."},
    {"cluster-8", Section::Compute, RuleKind::Advice, Severity::Warning,
     "every GPU has a network adapter of its own, or none has",
     "Where `nvidia-smi topo -m` shows adapters behind the PCIe switch of some "
     "GPUs (PIX or PXB), it does of all.",
     "Traffic of the others crosses the CPU, and often the link between two "
     "CPUs.",
     "\"cluster\": { \"topology\": \"one-adapter-for-two-gpus-of-8.txt\" }",
     "\"cluster\": { \"topology\": \"adapter-for-each-gpu.txt\" }",
     "NCCL's documentation of GPU Direct RDMA: NCCL_NET_GDR_LEVEL is PXB by "
     "default."},
    {"compute-1", Section::Compute, RuleKind::Advice, Severity::Warning,
     "stated figures are those of the GPU",
     "What a plan states of a named GPU is what its data sheet says: a peak is "
     "not twice the dense one, which sheets print for 2:4 sparse matrices, "
     "`intra_node` is the rate of one direction, not of both, and a link is "
     "not eight times as fast, which is its number of bits. No figure of the "
     "GPU is more than a tenth above the known one; networks differ.",
     "Utilisation against the sparse peak looks half as good as it "
     "is, and estimates twice as fast.",
     "\"cluster\": { \"gpu\": \"H100\", \"peak_bf16\": \"1979 TFLOPS\" }",
     "\"cluster\": { \"gpu\": \"H100\", \"peak_bf16\": \"989 TFLOPS\" }",
     "NVIDIA/Megatron-LM#1565; NVIDIA's data sheets, with their footnotes on "
     "sparsity and directions."},
    {"compute-7", Section::Compute, RuleKind::Legality, Severity::Error,
     "the GPU multiplies numbers of the plan's format",
     "FP8 needs tensor cores that have an FP8 peak (from Hopper on), MXFP8 and "
     "NVFP4 those that scale blocks of numbers, which have an FP4 peak (from "
     "Blackwell on). An error in training; a warning in serving, where weights "
     "may be kept in a format and unpacked to a wider one.",
     "The run would stop at its first multiplication, and an estimate would "
     "price what no GPU of that kind does.",
     "\"cluster\": { \"gpu\": \"A100\" }, \"workload\": { \"mode\": \"train\", "
     "\"precision\": \"fp8\" }",
     "\"cluster\": { \"gpu\": \"H100\" }, \"workload\": { \"mode\": \"train\", "
     "\"precision\": \"fp8\" }",
     "NVIDIA data sheets of A100, H100 and B200; TransformerEngine, fp8.py: "
     "check_fp8_support, check_mxfp8_support, check_nvfp4_support."},
    {"dispatcher-1", Section::Communication, RuleKind::Legality,
     Severity::Error, "the dispatcher reaches all ranks of a group",
     "DeepEP V1 exchanges tokens among at most 160 ranks, 20 nodes of 8, in "
     "groups of 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 144 or 160, of which 8 "
     "neighbours share NVLink. Its low-latency kernels, which decoding uses, "
     "have no such limits. An error on Hopper GPUs; elsewhere a warning, "
     "because published runs exist.",
     "The library stops with an assertion when it is set up.",
     "\"workload\": { \"dispatcher\": \"deepep\" },\n"
     "\"parallelism\": { \"ep\": 256 }",
     "\"workload\": { \"dispatcher\": \"deepep\" },\n"
     "\"parallelism\": { \"ep\": 128 }",
     "deepseek-ai/DeepEP, csrc/kernels/configs.cuh, NUM_MAX_NVL_PEERS = 8, "
     "NUM_MAX_RDMA_PEERS = 20; deep_ep/buffer.py, get_dispatch_config; issues "
     "#50, #104, #464."},
};

llvm::ArrayRef<Rule> mlir::moe::gridRules() { return gridTable; }
