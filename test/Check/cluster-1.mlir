// There are GPUs for all ranks, and they can be counted.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @cluster_1_overflow framework megatron {
  // expected-error @+1 {{nodes x gpus_per_node = 4611686018427387904 x 8 are more GPUs than can be counted [cluster-1]}}
  cluster @cluster gpu "H100" nodes 4611686018427387904 gpus_per_node 8 world_size 16
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @cluster_1 framework megatron {
  // expected-error @+3 {{world_size is 32, but there are 2 nodes x 8 GPUs = 16 GPUs [cluster-1]}}
  // expected-note @+2 {{gpus_per_node = 8 (stated)}}
  // expected-note @+1 {{set 'cluster.world_size' to 16: one rank per GPU}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8 world_size 32
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @cluster_1_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8 world_size 16
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
