// Every node has equally many ranks.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @cluster_3 framework megatron {
  // expected-error @+3 {{16 ranks do not spread evenly over 3 nodes: 16 / 3 = 5.33 [cluster-3]}}
  // expected-note @+2 {{set 'cluster.nodes' to 4: 4 ranks on each node}}
  // expected-note @+1 {{set 'cluster.nodes' to 2: 8 ranks on each node}}
  cluster @cluster nodes 3 world_size 16
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism pp 2 ep 4
}

// -----

moe.plan @cluster_3_holds framework megatron {
  cluster @cluster nodes 4 world_size 16
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism pp 2 ep 4
}
