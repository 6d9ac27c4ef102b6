// A plan that satisfies its own rule and not the other one says so.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @mesh_7 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-remark @+1 {{16 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 8 x 2 x 1 x 2 = 32 ranks, 2x over-subscribed [mesh-7]}}
  parallelism @parallelism tp 2 pp 2 ep 8 etp 1
}

// -----

moe.plan @mesh_7_product {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-remark @+1 {{16 ranks satisfy the product rule; the folded rule would need tp x cp x pp x dp = 1 x 1 x 1 x 1 = 1 rank for attention and etp x ep x pp = 1 x 16 x 1 = 16 for the experts; 1 is not 16 [mesh-7]}}
  parallelism @parallelism rule product ep 16 dp 1
}

// -----

moe.plan @mesh_7_agree framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
