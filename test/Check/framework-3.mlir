// The framework uses the placement: TensorRT-LLM does with data-parallel
// attention, for all MoE layers.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @framework_3 framework trtllm {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode context_length 4096 batch 1
  // expected-remark @+1 {{8 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 8 x 8 x 1 x 1 = 64 ranks, 8x over-subscribed [mesh-7]}}
  parallelism @parallelism tp 8 ep 8 etp 1
  // expected-note @+2 {{set 'parallelism.tp' to 1: attention is then data parallel over the ranks of a stage}}
  // expected-warning @+1 {{TensorRT-LLM balances experts only with data-parallel attention; with dp = 1 it ignores the placement without a word [framework-3]}}
  distribution @experts slots_per_rank 9
}

// -----

moe.plan @framework_3_mtp framework trtllm {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 mtp_layers 1 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode context_length 4096 batch 1
  // expected-remark @+1 {{8 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp x dp = 8 x 1 x 1 x 1 x 8 = 64 ranks, 8x over-subscribed [mesh-7]}}
  parallelism @parallelism dp 8 ep 8 etp 1
  // expected-warning @+1 {{the placement has nothing for layer 32, which predicts further tokens and has experts too; TensorRT-LLM looks it up and stops [framework-3]}}
  distribution @experts placed balanced
}

// -----

// Slots alone place nothing, and TensorRT-LLM looks nothing up.
moe.plan @framework_3_holds framework trtllm {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 mtp_layers 1 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode context_length 4096 batch 1
  // expected-remark @+1 {{8 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp x dp = 8 x 1 x 1 x 1 x 8 = 64 ranks, 8x over-subscribed [mesh-7]}}
  parallelism @parallelism dp 8 ep 8 etp 1
  distribution @experts slots_per_rank 9
}

// -----

moe.plan @framework_3_in_order framework trtllm {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode context_length 4096 batch 1
  // expected-remark @+1 {{8 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 8 x 8 x 1 x 1 = 64 ranks, 8x over-subscribed [mesh-7]}}
  parallelism @parallelism tp 8 ep 8 etp 1
}
