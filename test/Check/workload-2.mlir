// Micro-batches fill the rounds of an interleaved pipeline.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @workload_2 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 24
  // expected-error @+3 {{6 micro-batches per replica do not fill rounds of pp = 4, which vpp = 2 needs [workload-2]}}
  // expected-note @+2 {{set 'workload.global_batch' to 32: 8 micro-batches per replica}}
  // expected-note @+1 {{set 'parallelism.vpp' to 1: without interleaving}}
  parallelism @parallelism pp 4 vpp 2 ep 4 etp 1
}

// -----

moe.plan @workload_2_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 32
  parallelism @parallelism pp 4 vpp 2 ep 4 etp 1
}
