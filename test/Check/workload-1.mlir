// The global batch is whole micro-batches of every replica.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @workload_1 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-error @+3 {{global_batch = 256 is no multiple of dp x micro_batch = 4 x 3 = 12 [workload-1]}}
  // expected-note @+2 {{set 'workload.global_batch' to 252: 21 micro-batches per replica}}
  // expected-note @+1 {{set 'workload.global_batch' to 264: 22 micro-batches per replica}}
  workload @workload mode train sequence_length 4096 micro_batch 3 global_batch 256
  // expected-note @+1 {{dp = 4 (derived: 16 / (2 x 1 x 2)), micro_batch = 3 (stated)}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @workload_1_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 2 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

// A batch that serving does not use is no wrong batch.
moe.plan @workload_1_serving framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-warning @+2 {{'global_batch' belongs to training, a decode plan does not use it [workload-4]}}
  // expected-note @+1 {{remove 'workload.global_batch': a decode plan does not use it}}
  workload @workload mode decode batch 8 context_length 4096 global_batch 3
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
