// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Every figure of a workload is optional and prints as it was written.

// CHECK-LABEL: moe.plan @minimal {
moe.plan @minimal {
  // CHECK: {{^ +}}workload @workload{{$}}
  workload @workload
}

// CHECK-LABEL: moe.plan @full {
moe.plan @full {
  // CHECK: {{^ +}}workload @workload mode train sequence_length 4096 context_length 8192 micro_batch 1 global_batch 8192 batch 128 precision bf16 recompute ["mla_up_proj", "mlp"] optimizer <name = "adamw", moments = bf16, gradients = fp32, master = fp32, sharding = distributed> ep_overlap true tp_overlap true dispatcher deepep routing balanced capacity_factor "1.25" cp_comm_type a2a fused_loss true cuda_graph ["attn"] software "2026-08"{{$}}
  workload @workload mode train sequence_length 4096 context_length 8192 micro_batch 1 global_batch 8192 batch 128 precision bf16 recompute ["mla_up_proj", "mlp"] optimizer <name = "adamw", moments = bf16, gradients = fp32, master = fp32, sharding = distributed> ep_overlap true tp_overlap true dispatcher deepep routing balanced capacity_factor "1.25" cp_comm_type a2a fused_loss true cuda_graph ["attn"] software "2026-08"
}

// CHECK-LABEL: moe.plan @served {
moe.plan @served {
  // CHECK: {{^ +}}workload @workload mode decode context_length 4096 batch 8 kv_cache fp8 draft_tokens 1 acceptance "0.85"{{$}}
  workload @workload acceptance "0.85" draft_tokens 1 kv_cache fp8 batch 8 context_length 4096 mode decode
}

// CHECK-LABEL: moe.plan @offloaded {
moe.plan @offloaded {
  // CHECK: {{^ +}}workload @workload optimizer <name = "adamw", sharding = distributed, offload = "0.50">{{$}}
  workload @workload optimizer <offload = "0.50", name = "adamw", sharding = distributed>
}

// Every word of every vocabulary, and the empty optimizer.

// CHECK-LABEL: moe.plan @mode_train {
moe.plan @mode_train {
  // CHECK: {{^ +}}workload @workload mode train{{$}}
  workload @workload mode train
}

// CHECK-LABEL: moe.plan @mode_prefill {
moe.plan @mode_prefill {
  // CHECK: {{^ +}}workload @workload mode prefill{{$}}
  workload @workload mode prefill
}

// CHECK-LABEL: moe.plan @mode_decode {
moe.plan @mode_decode {
  // CHECK: {{^ +}}workload @workload mode decode{{$}}
  workload @workload mode decode
}

// CHECK-LABEL: moe.plan @precision_fp32 {
moe.plan @precision_fp32 {
  // CHECK: {{^ +}}workload @workload precision fp32{{$}}
  workload @workload precision fp32
}

// CHECK-LABEL: moe.plan @precision_fp16 {
moe.plan @precision_fp16 {
  // CHECK: {{^ +}}workload @workload precision fp16{{$}}
  workload @workload precision fp16
}

// CHECK-LABEL: moe.plan @precision_bf16 {
moe.plan @precision_bf16 {
  // CHECK: {{^ +}}workload @workload precision bf16{{$}}
  workload @workload precision bf16
}

// CHECK-LABEL: moe.plan @precision_fp8 {
moe.plan @precision_fp8 {
  // CHECK: {{^ +}}workload @workload precision fp8{{$}}
  workload @workload precision fp8
}

// CHECK-LABEL: moe.plan @precision_mxfp8 {
moe.plan @precision_mxfp8 {
  // CHECK: {{^ +}}workload @workload precision mxfp8{{$}}
  workload @workload precision mxfp8
}

// CHECK-LABEL: moe.plan @precision_nvfp4 {
moe.plan @precision_nvfp4 {
  // CHECK: {{^ +}}workload @workload precision nvfp4{{$}}
  workload @workload precision nvfp4
}

// CHECK-LABEL: moe.plan @dispatcher_alltoall {
moe.plan @dispatcher_alltoall {
  // CHECK: {{^ +}}workload @workload dispatcher alltoall{{$}}
  workload @workload dispatcher alltoall
}

// CHECK-LABEL: moe.plan @dispatcher_allgather {
moe.plan @dispatcher_allgather {
  // CHECK: {{^ +}}workload @workload dispatcher allgather{{$}}
  workload @workload dispatcher allgather
}

// CHECK-LABEL: moe.plan @dispatcher_deepep {
moe.plan @dispatcher_deepep {
  // CHECK: {{^ +}}workload @workload dispatcher deepep{{$}}
  workload @workload dispatcher deepep
}

// CHECK-LABEL: moe.plan @dispatcher_hybridep {
moe.plan @dispatcher_hybridep {
  // CHECK: {{^ +}}workload @workload dispatcher hybridep{{$}}
  workload @workload dispatcher hybridep
}

// CHECK-LABEL: moe.plan @routing_balanced {
moe.plan @routing_balanced {
  // CHECK: {{^ +}}workload @workload routing balanced{{$}}
  workload @workload routing balanced
}

// CHECK-LABEL: moe.plan @routing_natural {
moe.plan @routing_natural {
  // CHECK: {{^ +}}workload @workload routing natural{{$}}
  workload @workload routing natural
}

// CHECK-LABEL: moe.plan @sharding_none {
moe.plan @sharding_none {
  // CHECK: {{^ +}}workload @workload optimizer <sharding = none>{{$}}
  workload @workload optimizer <sharding = none>
}

// CHECK-LABEL: moe.plan @sharding_distributed {
moe.plan @sharding_distributed {
  // CHECK: {{^ +}}workload @workload optimizer <sharding = distributed>{{$}}
  workload @workload optimizer <sharding = distributed>
}

// CHECK-LABEL: moe.plan @sharding_fsdp {
moe.plan @sharding_fsdp {
  // CHECK: {{^ +}}workload @workload optimizer <sharding = fsdp>{{$}}
  workload @workload optimizer <sharding = fsdp>
}

// CHECK-LABEL: moe.plan @optimizer_empty {
moe.plan @optimizer_empty {
  // CHECK: {{^ +}}workload @workload optimizer <>{{$}}
  workload @workload optimizer <>
}
