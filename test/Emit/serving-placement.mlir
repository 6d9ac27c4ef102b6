// Servers are told a placement where it is another one than their own.
// RUN: moe-translate --emit-tensorrt-llm --split-input-file %s | FileCheck %s
// RUN: moe-translate --emit-sglang-flags --split-input-file %s | FileCheck %s --check-prefix=SGLANG

// CHECK: moe_expert_parallel_size: 2
// CHECK-NEXT: moe_tensor_parallel_size: 1
// CHECK-EMPTY:
// SGLANG: --ep-size 2
// SGLANG-EMPTY:
moe.launch @usual world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <dp = 2>
  coordinates @expert <ep = 2>
  stage 0 layers [0 to 1] embedding output
  expert_slots @sparse layers 0 to 1 experts 4 shards 1 table dense<[[0, 1], [2, 3]]> : tensor<2x2xi32>
}

// -----

// CHECK: moe_config:
// CHECK-NEXT: backend: WIDEEP
// CHECK-NEXT: load_balancer:
// CHECK-NEXT: num_slots: 4
// CHECK-NEXT: layer_updates_per_iter: 0
// CHECK-NEXT: initial_global_assignments:
// CHECK-NEXT: 0: [0, 2, 1, 3]
// CHECK-EMPTY:
// SGLANG: --ep-size 2
// SGLANG-NEXT: --init-expert-location framework/expert-location.sglang.json
moe.launch @other world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <dp = 2>
  coordinates @expert <ep = 2>
  stage 0 layers [0 to 1] embedding output
  expert_slots @sparse layers 0 to 1 experts 4 shards 1 table dense<[[0, 2], [1, 3]]> : tensor<2x2xi32>
}

// -----

// SGLANG: # SGLang cannot express this plan: its experts have ETP 2, SGLang's with DeepEP are whole
moe.launch @shards world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <dp = 2>
  coordinates @expert <etp = 2>
  stage 0 layers [0 to 1] embedding output
  expert_slots @sparse layers 0 to 1 experts 2 shards 2 table dense<[[0, 1]]> : tensor<1x2xi32>
  workload @workload mode decode dispatcher deepep
}
