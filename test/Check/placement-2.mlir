// Replicas of an expert sit on different nodes when there is a choice.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @placement_2 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 15 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism ep 16 etp 1
  distribution @experts slots_per_rank 1
  mesh @attention <dp = 16> on @cluster
  mesh @expert <ep = 16> on @cluster
  // expected-warning @+1 {{placement @sparse keeps all replicas of expert 0 on one node [placement-2]}}
  placement @sparse of @model::@sparse on @expert slots 1 table dense<[[0], [0], [1], [2], [3], [4], [5], [6], [7], [8], [9], [10], [11], [12], [13], [14]]> : tensor<16x1xi32>
}

// -----

moe.plan @placement_2_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 15 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism ep 16 etp 1
  distribution @experts slots_per_rank 1
  mesh @attention <dp = 16> on @cluster
  mesh @expert <ep = 16> on @cluster
  placement @sparse of @model::@sparse on @expert slots 1 table dense<[[0], [1], [2], [3], [4], [5], [6], [7], [0], [8], [9], [10], [11], [12], [13], [14]]> : tensor<16x1xi32>
}
