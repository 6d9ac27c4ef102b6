//===- MoEEnums.td - Closed vocabularies -------------------*- tablegen -*-===//
//
// Part of the moe-opt project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MOE_IR_MOEENUMS_TD
#define MOE_IR_MOEENUMS_TD

include "mlir/IR/EnumAttr.td"
include "moe/IR/MoEBase.td"

/// An enum and its attribute. Operations print it as a bare keyword through
/// `custom<Keyword>`, whose parser lists the keywords and suggests one.
class MoE_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::mlir::moe";
  let genSpecializedAttr = 0;
}
class MoE_EnumAttr<EnumAttrInfo enum, string attrMnemonic>
    : EnumAttr<MoE_Dialect, enum, attrMnemonic> {
  let assemblyFormat = "`<` custom<EnumKeyword>($value) `>`";
}

def MoE_AxisKind : MoE_Enum<"AxisKind", "parallelism axis", [
  I32EnumAttrCase<"Pipeline", 0, "pp">,
  I32EnumAttrCase<"Data", 1, "dp">,
  I32EnumAttrCase<"Context", 2, "cp">,
  I32EnumAttrCase<"Tensor", 3, "tp">,
  I32EnumAttrCase<"ExpertData", 4, "edp">,
  I32EnumAttrCase<"Expert", 5, "ep">,
  I32EnumAttrCase<"ExpertTensor", 6, "etp">,
]>;
def MoE_AxisKindAttr : MoE_EnumAttr<MoE_AxisKind, "axis">;

def MoE_Framework : MoE_Enum<"Framework", "framework that runs the plan", [
  I32EnumAttrCase<"Megatron", 0, "megatron">,
  I32EnumAttrCase<"DeepSpeed", 1, "deepspeed">,
  I32EnumAttrCase<"TorchTitan", 2, "torchtitan">,
  I32EnumAttrCase<"VLLM", 3, "vllm">,
  I32EnumAttrCase<"SGLang", 4, "sglang">,
  I32EnumAttrCase<"TensorRTLLM", 5, "trtllm">,
]>;
def MoE_FrameworkAttr : MoE_EnumAttr<MoE_Framework, "framework">;

def MoE_GridRule : MoE_Enum<"GridRule", "how degrees multiply to GPUs", [
  I32EnumAttrCase<"Folded", 0, "folded">,
  I32EnumAttrCase<"Product", 1, "product">,
]>;
def MoE_GridRuleAttr : MoE_EnumAttr<MoE_GridRule, "grid_rule">;

def MoE_Mode : MoE_Enum<"Mode", "what the job does", [
  I32EnumAttrCase<"Train", 0, "train">,
  I32EnumAttrCase<"Prefill", 1, "prefill">,
  I32EnumAttrCase<"Decode", 2, "decode">,
]>;
def MoE_ModeAttr : MoE_EnumAttr<MoE_Mode, "mode">;

def MoE_Precision : MoE_Enum<"Precision", "number format", [
  I32EnumAttrCase<"FP32", 0, "fp32">,
  I32EnumAttrCase<"FP16", 1, "fp16">,
  I32EnumAttrCase<"BF16", 2, "bf16">,
  I32EnumAttrCase<"FP8", 3, "fp8">,
  I32EnumAttrCase<"MXFP8", 4, "mxfp8">,
  I32EnumAttrCase<"NVFP4", 5, "nvfp4">,
]>;
def MoE_PrecisionAttr : MoE_EnumAttr<MoE_Precision, "precision">;

def MoE_StateSharding : MoE_Enum<"StateSharding", "optimizer sharding", [
  I32EnumAttrCase<"None", 0, "none">,
  I32EnumAttrCase<"Distributed", 1, "distributed">,
  I32EnumAttrCase<"FSDP", 2, "fsdp">,
]>;
def MoE_StateShardingAttr : MoE_EnumAttr<MoE_StateSharding, "state_sharding">;

def MoE_Dispatcher : MoE_Enum<"Dispatcher", "token dispatcher", [
  I32EnumAttrCase<"AllToAll", 0, "alltoall">,
  I32EnumAttrCase<"AllGather", 1, "allgather">,
  I32EnumAttrCase<"DeepEP", 2, "deepep">,
  I32EnumAttrCase<"HybridEP", 3, "hybridep">,
]>;
def MoE_DispatcherAttr : MoE_EnumAttr<MoE_Dispatcher, "dispatcher">;

def MoE_ContextExchange : MoE_Enum<"ContextExchange",
    "what context-parallel ranks exchange, as Megatron's --cp-comm-type", [
  I32EnumAttrCase<"PeerToPeer", 0, "p2p">,
  I32EnumAttrCase<"AllGather", 1, "all_gather">,
  I32EnumAttrCase<"AllToAll", 2, "a2a">,
]>;
def MoE_ContextExchangeAttr
    : MoE_EnumAttr<MoE_ContextExchange, "context_exchange">;

def MoE_QkNorm : MoE_Enum<"QkNorm", "norm of queries and keys", [
  I32EnumAttrCase<"PerHead", 0, "per_head">,
  I32EnumAttrCase<"PerLayer", 1, "per_layer">,
]>;
def MoE_QkNormAttr : MoE_EnumAttr<MoE_QkNorm, "qk_norm">;

def MoE_Routing : MoE_Enum<"RoutingKind", "how evenly tokens are routed", [
  I32EnumAttrCase<"Balanced", 0, "balanced">,
  I32EnumAttrCase<"Natural", 1, "natural">,
]>;
def MoE_RoutingKindAttr : MoE_EnumAttr<MoE_Routing, "routing_kind">;

def MoE_DispatchRule : MoE_Enum<"DispatchRule", "share of a replica", [
  I32EnumAttrCase<"Weighted", 0, "weighted">,
  I32EnumAttrCase<"Even", 1, "even">,
]>;
def MoE_DispatchRuleAttr : MoE_EnumAttr<MoE_DispatchRule, "dispatch_rule">;

def MoE_PlacementKind : MoE_Enum<"PlacementKind", "how experts are placed", [
  I32EnumAttrCase<"Contiguous", 0, "contiguous">,
  I32EnumAttrCase<"RoundRobin", 1, "round_robin">,
  I32EnumAttrCase<"Balanced", 2, "balanced">,
  I32EnumAttrCase<"Table", 3, "table">,
]>;
def MoE_PlacementKindAttr : MoE_EnumAttr<MoE_PlacementKind, "placement_kind">;

def MoE_RankOrder : MoE_Enum<"RankOrder", "how ranks fill GPUs", [
  I32EnumAttrCase<"Given", 0, "given">,
  I32EnumAttrCase<"ByTraffic", 1, "by_traffic">,
]>;
def MoE_RankOrderAttr : MoE_EnumAttr<MoE_RankOrder, "rank_order">;

def MoE_Provenance : MoE_Enum<"Provenance", "where a number comes from", [
  I32EnumAttrCase<"Measured", 0, "measured">,
  I32EnumAttrCase<"Modelled", 1, "modelled">,
  I32EnumAttrCase<"Assumed", 2, "assumed">,
]>;
def MoE_ProvenanceAttr : MoE_EnumAttr<MoE_Provenance, "provenance">;

def MoE_Collective : MoE_Enum<"CollectiveKind", "collective operation", [
  I32EnumAttrCase<"AllReduce", 0, "all_reduce">,
  I32EnumAttrCase<"AllGather", 1, "all_gather">,
  I32EnumAttrCase<"ReduceScatter", 2, "reduce_scatter">,
  I32EnumAttrCase<"AllToAll", 3, "all_to_all">,
  I32EnumAttrCase<"Broadcast", 4, "broadcast">,
  I32EnumAttrCase<"SendRecv", 5, "send_recv">,
]>;
def MoE_CollectiveKindAttr : MoE_EnumAttr<MoE_Collective, "collective_kind">;

def MoE_Schedule : MoE_Enum<"Schedule", "pipeline schedule", [
  I32EnumAttrCase<"Sequential", 0, "sequential">,
  I32EnumAttrCase<"OneFOneB", 1, "one_f_one_b">,
  I32EnumAttrCase<"Interleaved", 2, "interleaved">,
  I32EnumAttrCase<"ZeroBubble", 3, "zero_bubble">,
  I32EnumAttrCase<"DualPipe", 4, "dualpipe">,
]>;
def MoE_ScheduleAttr : MoE_EnumAttr<MoE_Schedule, "schedule">;

def MoE_ScoreKind : MoE_Enum<"ScoreKind", "router score function", [
  I32EnumAttrCase<"Softmax", 0, "softmax">,
  I32EnumAttrCase<"Sigmoid", 1, "sigmoid">,
]>;
def MoE_ScoreKindAttr : MoE_EnumAttr<MoE_ScoreKind, "score">;

def MoE_ComputeKind : MoE_Enum<"ComputeKind", "block of a layer", [
  I32EnumAttrCase<"Embedding", 0, "embedding">,
  I32EnumAttrCase<"KeyValue", 1, "key_value">,
  I32EnumAttrCase<"QueryKeyValue", 8, "query_key_value">,
  I32EnumAttrCase<"Attention", 2, "attention">,
  I32EnumAttrCase<"AttentionOutput", 9, "attention_output">,
  I32EnumAttrCase<"FeedForward", 3, "feed_forward">,
  I32EnumAttrCase<"SharedExperts", 4, "shared_experts">,
  I32EnumAttrCase<"Experts", 5, "experts">,
  I32EnumAttrCase<"MultiTokenPrediction", 6, "mtp">,
  I32EnumAttrCase<"Output", 7, "output">,
]>;
def MoE_ComputeKindAttr : MoE_EnumAttr<MoE_ComputeKind, "compute_kind">;

def MoE_FindingSeverity : MoE_Enum<"FindingSeverity", "weight of a finding", [
  I32EnumAttrCase<"Error", 0, "error">,
  I32EnumAttrCase<"Warning", 1, "warning">,
  I32EnumAttrCase<"Note", 2, "note">,
]>;
def MoE_FindingSeverityAttr : MoE_EnumAttr<MoE_FindingSeverity, "severity">;

#endif // MOE_IR_MOEENUMS_TD
