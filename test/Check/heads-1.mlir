// tp divides the attention heads (vllm#52435).
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @heads_1 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-error @+2 {{33 attention heads cannot share 2 key-value heads evenly: 33 / 2 = 16.5 [heads-4]}}
    // expected-note @+1 {{33 attention heads here}}
    layers @sparse 0 to 32 {
      attention heads 33 kv_heads 2 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+2 {{33 attention heads cannot be split evenly over tp = 2: 33 / 2 = 16.5 [heads-1]}}
  // expected-note @+1 {{set 'parallelism.tp' to 1: 1 divides 33}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @heads_1_folds_heads_2 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+1 {{33 attention heads here}}
    layers @sparse 0 to 32 {
      attention heads 33 kv_heads 3 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+3 {{33 attention heads cannot be split evenly over tp = 2: 33 / 2 = 16.5 [heads-1]}}
  // expected-note @+2 {{set 'parallelism.tp' to 1: 1 divides 33}}
  // expected-note @+1 {{so 3 key-value heads can be neither split nor repeated evenly over tp = 2 [heads-2]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @heads_1_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 34 kv_heads 2 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
