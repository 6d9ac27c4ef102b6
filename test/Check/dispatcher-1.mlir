// DeepEP V1 reaches 160 ranks: an error on Hopper, a warning elsewhere.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @dispatcher_1 framework megatron {
  cluster @cluster gpu "H100" nodes 32 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 256 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 dispatcher deepep
  // expected-error @+3 {{ep = 256 is more than the 160 ranks that DeepEP V1 reaches on H100 [dispatcher-1]}}
  // expected-note @+2 {{set 'parallelism.ep' to 128: DeepEP reaches that many ranks}}
  // expected-note @+1 {{set 'parallelism.ep' to 64: DeepEP reaches that many ranks}}
  parallelism @parallelism ep 256 etp 1
}

// -----

moe.plan @dispatcher_1_blackwell framework megatron {
  cluster @cluster gpu "GB200" nodes 64 gpus_per_node 4
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 256 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 dispatcher deepep
  // expected-warning @+3 {{ep = 256 is more than the 160 ranks that DeepEP V1 reaches [dispatcher-1]}}
  // expected-note @+2 {{set 'parallelism.ep' to 128: DeepEP reaches that many ranks}}
  // expected-note @+1 {{set 'parallelism.ep' to 64: DeepEP reaches that many ranks}}
  parallelism @parallelism ep 256 etp 1
}

// -----

moe.plan @dispatcher_1_decode framework megatron {
  cluster @cluster gpu "H100" nodes 32 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 256 top_k 8 width 2048
    }
  }
  workload @workload mode decode batch 8 context_length 4096 dispatcher deepep
  parallelism @parallelism ep 256 etp 1
}

// -----

moe.plan @dispatcher_1_holds framework megatron {
  cluster @cluster gpu "H100" nodes 32 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 256 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 dispatcher deepep
  parallelism @parallelism ep 128 etp 1
}
