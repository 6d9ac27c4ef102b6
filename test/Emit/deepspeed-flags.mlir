// What DeepSpeed refuses together is not in its flags.
// RUN: moe-translate --emit-deepspeed-flags --split-input-file %s | FileCheck %s

// Experts in every second layer are the default there, and tokens beyond the
// capacity are dropped.

// CHECK: --create-moe-param-group
// CHECK: --topk 1
// CHECK-NEXT: --expert-interval 1
// CHECK: --moe-train-capacity-factor 1.5
// CHECK-NEXT: # not expressed: optimizer sharding fsdp; ZeRO 3 runs without experts
// CHECK-EMPTY:
moe.launch @experts world_size 1 gpus_per_host 1 {
  host 0 ranks [0]
  expert_slots @sparse layers 0 to 2 experts 2 shards 1 table dense<[[0, 1]]> : tensor<1x2xi32>
  model @model layers 2 {
    layers @sparse 0 to 2 { experts count 2 top_k 1 }
  }
  workload @workload capacity_factor "1.5" optimizer <sharding = fsdp>
}

// -----

// CHECK-NOT: --no-pipeline-parallel
// CHECK-NOT: --disable-moe-token-dropping
// CHECK: # not expressed: optimizer sharding fsdp; ZeRO 3 runs without a pipeline
moe.launch @stages world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <pp = 2>
  coordinates @expert <pp = 2>
  stage 0 layers [0 to 1] embedding
  stage 1 layers [1 to 2] output
  workload @workload optimizer <sharding = fsdp>
}

// -----

// CHECK: --no-pipeline-parallel
// CHECK: --zero-stage 3
moe.launch @dense world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <dp = 2>
  workload @workload optimizer <sharding = fsdp>
}
