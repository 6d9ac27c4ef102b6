// tp divides the width of dense FFNs and of shared experts.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @ffn_1 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+1 {{16385 columns of the dense FFN here}}
    layers @dense 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      ffn width 16385
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+2 {{16385 columns of the dense FFN cannot be split evenly over tp = 2: 16385 / 2 = 8192.5 [ffn-1]}}
  // expected-note @+1 {{set 'parallelism.tp' to 1: 1 divides 16385}}
  parallelism @parallelism tp 2 pp 2
}

// -----

moe.plan @ffn_1_shared framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+1 {{2047 columns of the shared experts here}}
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048 shared 1 shared_width 2047
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+2 {{2047 columns of the shared experts cannot be split evenly over tp = 2: 2047 / 2 = 1023.5 [ffn-1]}}
  // expected-note @+1 {{set 'parallelism.tp' to 1: 1 divides 2047}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @ffn_1_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @dense 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      ffn width 16384
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2
}
