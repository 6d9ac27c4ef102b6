// The low-latency kernels of DeepEP bound the tokens of a rank: those of a replica
// over the ranks of its attention.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @framework_5_tokens_of_decoding framework sglang {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 mtp_layers 1 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-error @+1 {{the low-latency kernels of DeepEP exchange 1024 tokens of a rank at most [framework-5]}}
  workload @workload mode decode context_length 2048 batch 513 dispatcher deepep draft_tokens 1
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_tokens_that_fit framework sglang {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 mtp_layers 1 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode context_length 2048 batch 512 dispatcher deepep ep_overlap true draft_tokens 1
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_tokens_over_tensor_ranks framework sglang {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 mtp_layers 1 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode context_length 2048 batch 4096 dispatcher deepep ep_overlap true draft_tokens 1
  // expected-remark @+1 {{[mesh-7]}}
  parallelism @parallelism tp 8 ep 16 etp 1
}

// -----

moe.plan @framework_5_tokens_too_many_for_tensor_ranks framework sglang {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 mtp_layers 1 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-error @+1 {{the low-latency kernels of DeepEP exchange 1024 tokens of a rank at most [framework-5]}}
  workload @workload mode decode context_length 2048 batch 4097 dispatcher deepep draft_tokens 1
  // expected-remark @+1 {{[mesh-7]}}
  parallelism @parallelism tp 8 ep 16 etp 1
}

// -----

moe.plan @framework_5_tokens_in_parts framework vllm {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode context_length 2048 batch 2048 dispatcher deepep ep_overlap true
  parallelism @parallelism tp 1 ep 16 etp 1
}
