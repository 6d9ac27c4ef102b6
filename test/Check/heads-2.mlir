// Key-value heads are split or repeated evenly; latent attention has none.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @heads_2 {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 6
  model @model hidden 4096 vocab 129024 layers 32 {
    // expected-note @+1 {{4 key-value heads here}}
    layers @sparse 0 to 32 {
      attention heads 48 kv_heads 4 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4098 micro_batch 1 global_batch 256
  // expected-error @+2 {{4 key-value heads can be neither split nor repeated evenly over tp = 6 [heads-2]}}
  // expected-remark @+1 {{6 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 2 x 6 x 1 x 1 = 12 ranks, 2x over-subscribed [mesh-7]}}
  parallelism @parallelism tp 6 ep 2
}

// -----

moe.plan @heads_2_repeated framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 4 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-remark @+2 {{16 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 2 x 8 x 1 x 2 = 32 ranks, 2x over-subscribed [mesh-7]}}
  // expected-remark @+1 {{4 key-value heads over tp = 8: each is held by 2 ranks [heads-2]}}
  parallelism @parallelism tp 8 pp 2 ep 2 etp 1
}

// -----

moe.plan @heads_2_latent framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 q_lora_rank 1536 kv_lora_rank 512 qk_nope_head_dim 128 qk_rope_head_dim 64 v_head_dim 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 8 pp 2 ep 1 etp 1
}

// -----

moe.plan @heads_2_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 4 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 4 pp 2 ep 2 etp 1
}
