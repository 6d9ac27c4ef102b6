// Stated experts per rank hold all experts and are what the degrees give.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @balance_3_few framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-note @+1 {{ep = 4 spreads them over 4 ranks}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    // expected-error @+1 {{the stated 8, 8, 8 make 24 expert slots, which cannot hold 64 experts [balance-3]}}
    expert_counts [8, 8, 8]
  }
}

// -----

moe.plan @balance_3_parts framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-note @+2 {{etp = 2 (stated)}}
  // expected-remark @+1 {{with etp = 2 each rank holds 1/2 of 16 experts per layer, 64 / (4 x 2) = 8 experts [balance-2]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 2
  stated {
    // expected-error @+1 {{experts per rank are stated as 16 on each of 16 ranks, but with etp = 2 each rank holds 8 experts per layer [balance-3]}}
    expert_counts [16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16]
  }
}

// -----

moe.plan @balance_3_ranks framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    // expected-error @+1 {{experts are stated on 3 ranks, but ep = 4 spreads them over 4 ranks [balance-3]}}
    expert_counts [22, 21, 21]
  }
}

// -----

moe.plan @balance_3_other framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    // expected-error @+1 {{experts per rank are stated as 17, 17, 15, 15, but 64 experts over ep = 4 give 16, 16, 16, 16 [balance-3]}}
    expert_counts [17, 17, 15, 15]
  }
}

// -----

moe.plan @balance_3_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    expert_counts [16, 16, 16, 16]
  }
}
