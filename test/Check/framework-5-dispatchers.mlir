// Each framework overlaps the exchange of its own dispatchers.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @framework_5_gathering framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.dispatcher' to "alltoall": Megatron-LM starts then}}
  // expected-error @+1 {{Megatron-LM overlaps the exchange of other dispatchers only [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher allgather
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_by_default framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.dispatcher' to "alltoall": Megatron-LM starts then}}
  // expected-warning @+1 {{Megatron-LM's own dispatcher, allgather, refuses ep_overlap; where the plan states none, the flags of a bundle say alltoall [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_of_others framework deepspeed {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision fp16 ep_overlap true dispatcher allgather
  parallelism @parallelism tp 1 pp 2 ep 8 etp 1
}

// -----

moe.plan @framework_5_batches_of_gathered_tokens framework sglang {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.dispatcher' to "deepep": SGLang starts then}}
  // expected-error @+1 {{SGLang overlaps the exchange of the dispatcher deepep only [framework-5]}}
  workload @workload mode decode context_length 2048 batch 64 dispatcher allgather ep_overlap true
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_batches_without_exchange framework sglang {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.dispatcher' to "deepep": SGLang starts then}}
  // expected-warning @+1 {{SGLang exchanges no tokens where no dispatcher is stated, and refuses ep_overlap then [framework-5]}}
  workload @workload mode decode context_length 2048 batch 64 ep_overlap true
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_batches_of_vllm framework vllm {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.dispatcher' to "deepep": vLLM starts then}}
  // expected-error @+1 {{vLLM overlaps the exchange of the dispatcher deepep only [framework-5]}}
  workload @workload mode decode context_length 2048 batch 64 dispatcher allgather ep_overlap true
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_default_of_vllm framework vllm {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.dispatcher' to "deepep": vLLM starts then}}
  // expected-warning @+1 {{vLLM gathers tokens where no dispatcher is stated, and refuses ep_overlap then [framework-5]}}
  workload @workload mode decode context_length 2048 batch 64 ep_overlap true
  parallelism @parallelism tp 1 ep 16 etp 1
}
