// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// A launch of one rank, for every framework.

// CHECK-LABEL: moe.launch @small world_size 1 gpus_per_host 8 {
// CHECK-NEXT: host 0 ranks [0]
// CHECK-NEXT: }
moe.launch @small world_size 1 gpus_per_host 8 {
  host 0 ranks [0]
}

// CHECK: moe.launch @megatron world_size 1 gpus_per_host 1 framework megatron attributes {note} {
moe.launch @megatron world_size 1 gpus_per_host 1 framework megatron attributes {note} {
  host 0 ranks [0]
}

// CHECK: moe.launch @deepspeed world_size 1 gpus_per_host 1 framework deepspeed attributes {note} {
moe.launch @deepspeed world_size 1 gpus_per_host 1 framework deepspeed attributes {note} {
  host 0 ranks [0]
}

// CHECK: moe.launch @torchtitan world_size 1 gpus_per_host 1 framework torchtitan attributes {note} {
moe.launch @torchtitan world_size 1 gpus_per_host 1 framework torchtitan attributes {note} {
  host 0 ranks [0]
}

// CHECK: moe.launch @vllm world_size 1 gpus_per_host 1 framework vllm attributes {note} {
moe.launch @vllm world_size 1 gpus_per_host 1 framework vllm attributes {note} {
  host 0 ranks [0]
}

// CHECK: moe.launch @sglang world_size 1 gpus_per_host 1 framework sglang attributes {note} {
moe.launch @sglang world_size 1 gpus_per_host 1 framework sglang attributes {note} {
  host 0 ranks [0]
}

// CHECK: moe.launch @trtllm world_size 1 gpus_per_host 1 framework trtllm attributes {note} {
moe.launch @trtllm world_size 1 gpus_per_host 1 framework trtllm attributes {note} {
  host 0 ranks [0]
}

// CHECK: moe.launch @whole of @plan world_size 1 gpus_per_host 1 framework megatron plan_digest "00ff" {
moe.launch @whole of @plan world_size 1 gpus_per_host 1 plan_digest "00ff" framework megatron {
  host 0 ranks [0]
}

// What is known of nodes and of the GPUs of one.

// CHECK: moe.launch @known world_size 2 gpus_per_host 2 node_lists ["n[0-3]", "n[4-7]"] gpu_nics ["mlx5_0", "mlx5_1"] gpu_numa [0, 1] {
moe.launch @known world_size 2 gpus_per_host 2 node_lists ["n[0-3]", "n[4-7]"] gpu_nics ["mlx5_0", "mlx5_1"] gpu_numa [0, 1] {
  host 0 ranks [0, 1]
}

// What the ranks run, as in a plan.

// CHECK-LABEL: moe.launch @running world_size 1 gpus_per_host 1 {
moe.launch @running world_size 1 gpus_per_host 1 {
  host 0 ranks [0]
  // CHECK: model @model hidden 64 layers 2 {
  // CHECK-NEXT: layers @dense 0 to 2 {
  // CHECK-NEXT: ffn width 256
  model @model hidden 64 layers 2 {
    layers @dense 0 to 2 {
      ffn width 256
    }
  }
  // CHECK: workload @workload mode train micro_batch 1 precision bf16{{$}}
  workload @workload mode train micro_batch 1 precision bf16
}
