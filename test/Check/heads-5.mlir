// Heads share the hidden size, or have a size of their own.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

// expected-remark-re @+1 {{{{.*}} [input-1]}}
moe.plan @heads_5 framework torchtitan {
  // expected-note @+1 {{hidden_size here}}
  model @model hidden 4000 layers 4 {
    // expected-error @+1 {{48 attention heads do not divide hidden_size = 4000: 4000 / 48 = 83.33, and no head_dim is stated [heads-5]}}
    layers @dense 0 to 4 {
      attention heads 48 kv_heads 8
      ffn width 8192
    }
  }
}

// -----

// expected-remark-re @+1 {{{{.*}} [input-1]}}
moe.plan @heads_5_holds framework torchtitan {
  model @model hidden 4000 layers 4 {
    layers @dense 0 to 4 {
      attention heads 48 kv_heads 8 head_size 128
      ffn width 8192
    }
  }
}
