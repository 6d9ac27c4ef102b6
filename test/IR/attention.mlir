// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Grouped-query and latent attention.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  model @model {
    layers @r0 0 to 1 {
      // CHECK: {{^ +}}attention{{$}}
      attention
    }
    layers @r1 0 to 1 {
      // CHECK: {{^ +}}attention heads 1 kv_heads 2 head_size 3 q_lora_rank 4 kv_lora_rank 5 qk_nope_head_dim 6 qk_rope_head_dim 7 v_head_dim 8 sliding_window 9 qk_norm per_layer{{$}}
      attention heads 1 kv_heads 2 head_size 3 q_lora_rank 4 kv_lora_rank 5 qk_nope_head_dim 6 qk_rope_head_dim 7 v_head_dim 8 sliding_window 9 qk_norm per_layer
    }
  }
}
