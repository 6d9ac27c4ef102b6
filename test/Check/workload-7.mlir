// Prediction layers draft tokens.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @workload_7 {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 512
    }
  }
  // expected-error @+2 {{2 tokens of each pass would be drafted by prediction layers, and the model has none [workload-7]}}
  // expected-note @+1 {{remove 'workload.draft_tokens': one token in each pass}}
  workload @workload mode decode context_length 4096 batch 8 draft_tokens 2 acceptance "0.8"
  parallelism @parallelism ep 8 etp 1
}

// -----

moe.plan @workload_7_holds {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 mtp_layers 1 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 512
    }
  }
  workload @workload mode decode context_length 4096 batch 8 draft_tokens 2 acceptance "0.8"
  parallelism @parallelism ep 8 etp 1
}
