// What the backward pass recomputes is a part of the model.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @workload_5 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-error @+3 {{there is nothing to recompute for 'mla_up_proj', and Megatron-Core refuses 'mla_up_proj' without latent attention [workload-5]}}
  // expected-note @+2 {{'mla_up_proj' needs latent attention, which the model does not have}}
  // expected-note @+1 {{set 'workload.recompute' to ["moe_act"]: what is left is what is recomputed}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 recompute ["mla_up_proj", "moe_act"]
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @workload_5_idle {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-warning @+4 {{there is nothing to recompute for 'mlp' and 'shared_experts' [workload-5]}}
  // expected-note @+3 {{'mlp' needs dense feed-forward layers, which the model does not have}}
  // expected-note @+2 {{'shared_experts' needs shared experts, which the model does not have}}
  // expected-note @+1 {{set 'workload.recompute' to "none": what is left is what is recomputed}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 recompute ["mlp", "shared_experts"]
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @workload_5_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @dense 0 to 2 {
      attention heads 32 q_lora_rank 512 kv_lora_rank 512 qk_nope_head_dim 128 qk_rope_head_dim 64 v_head_dim 128
      ffn width 8192
    }
    layers @sparse 2 to 32 {
      attention heads 32 q_lora_rank 512 kv_lora_rank 512 qk_nope_head_dim 128 qk_rope_head_dim 64 v_head_dim 128
      experts count 64 top_k 8 width 2048 shared 1 shared_width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 recompute ["mla_up_proj", "mlp", "shared_experts", "layernorm", "core_attn", "moe_act"]
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
