// With group-limited routing groups do not straddle nodes.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @experts_5 framework megatron {
  cluster @cluster gpu "H100" nodes 6 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 96 top_k 8 width 2048
      router groups 8 top_groups 4
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 480
  // expected-remark @+1 {{8 router groups on the 6 nodes of an ep group: groups straddle nodes, so limiting a token to groups does not limit it to nodes [experts-5]}}
  parallelism @parallelism ep 48 etp 1
}

// -----

moe.plan @experts_5_holds framework megatron {
  cluster @cluster gpu "H100" nodes 4 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
      router groups 8 top_groups 4
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism ep 32 etp 1
}
