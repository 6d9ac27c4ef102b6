// Expert parallelism needs experts.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @experts_4 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @dense 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      ffn width 16384
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+2 {{ep = 4, but the model has no layer with experts [experts-4]}}
  // expected-note @+1 {{set 'parallelism.ep' to 1: the model is dense}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @experts_4_holds framework megatron {
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
