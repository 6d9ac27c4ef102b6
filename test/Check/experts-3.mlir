// etp divides the width of an expert.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @experts_3 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+1 {{2049 columns of each expert here}}
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2049
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+4 {{2049 columns of each expert cannot be split evenly over etp = 2: 2049 / 2 = 1024.5 [experts-3]}}
  // expected-note @+3 {{set 'parallelism.etp' to 1: 1 divides 2049}}
  // expected-remark @+2 {{with etp = 2 each rank holds 1/2 of 16 experts per layer, 64 / (4 x 2) = 8 experts [balance-2]}}
  // expected-note @+1 {{etp = 2 (stated)}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 2
}

// -----

moe.plan @experts_3_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-remark @+2 {{with etp = 2 each rank holds 1/2 of 16 experts per layer, 64 / (4 x 2) = 8 experts [balance-2]}}
  // expected-note @+1 {{etp = 2 (stated)}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 2
}
