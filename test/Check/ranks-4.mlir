// The embedding is on all ranks of a single stage.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @ranks_4 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 ep 8 etp 1
  stated {
    // expected-warning @+1 {{module 'embedding' is stated on 2 ranks, but with pp = 1 all 16 ranks hold 1/2 of it, one copy in each of 8 tp groups [ranks-4]}}
    module "embedding" ranks "0-1"
    module "experts" ranks "0-15"
  }
}

// -----

moe.plan @ranks_4_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 ep 8 etp 1
  stated {
    module "embedding" ranks "0-15"
  }
}
