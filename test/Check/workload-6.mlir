// An expert has room for no more tokens than there are.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @workload_6 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+1 {{the experts}}
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-warning @+1 {{the capacity factor gives an expert room for more tokens than there are: with 64 experts and 8 of them for each token, all tokens are 8 times the mean [workload-6]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 capacity_factor "100"
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @workload_6_at_the_limit framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 capacity_factor "8"
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

// More than can be counted with is more than 8, too.
moe.plan @workload_6_huge framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+1 {{the experts}}
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-warning @+1 {{all tokens are 8 times the mean [workload-6]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 capacity_factor "99999999999999999"
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
