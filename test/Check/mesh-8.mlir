// Under the product rule an etp that differs from tp has no effect.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @mesh_8 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-remark @+4 {{with etp = 2 each rank holds 1/2 of 16 experts per layer, 64 / (4 x 2) = 8 experts [balance-2]}}
  // expected-note @+3 {{etp = 2 (product rule: tp splits the experts too)}}
  // expected-warning @+2 {{etp = 1 has no effect under the product rule, where tp = 2 splits the experts too [mesh-8]}}
  // expected-note @+1 {{set 'parallelism.etp' to 2: what the product rule implies}}
  parallelism @parallelism rule product tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @mesh_8_holds framework megatron {
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
  parallelism @parallelism rule product tp 2 pp 2 ep 4 etp 2
}
