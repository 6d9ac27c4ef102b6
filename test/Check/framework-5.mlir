// Settings which Megatron-LM refuses together when it starts.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @framework_5_one_chunk framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.ep_overlap' to false: Megatron-LM starts then}}
  // expected-error @+1 {{in a pipeline, Megatron-LM overlaps the token exchange of one chunk of a stage with another chunk, and there is one [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 pp 2 ep 8 etp 1
}

// -----

moe.plan @framework_5_chunks framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 pp 2 vpp 2 ep 8 etp 1
}

// -----

moe.plan @framework_5_no_pipeline framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 pp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_one_rank framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.ep_overlap' to false: Megatron-LM starts then}}
  // expected-error @+1 {{Megatron-LM refuses ep_overlap without expert-parallel ranks [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 8 ep 1 etp 8
}

// -----

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
  // expected-warning @+1 {{Megatron-LM takes the dispatcher allgather where none is stated, and refuses ep_overlap with it [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_recomputed_layers framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.ep_overlap' to false: Megatron-LM starts then}}
  // expected-error @+1 {{Megatron-LM does not overlap the exchange of MoE layers that it computes again [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 recompute ["moe"] ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_recomputed_modules framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 recompute ["core_attn"] ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_recomputed_chunks framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-warning @+1 {{Megatron-LM overlaps the exchange of layers that it computes again in its newest releases only, by whole chunks; others refuse [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 recompute ["full"] ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_predictions framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 mtp_layers 2 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.ep_overlap' to false: Megatron-LM starts then}}
  // expected-error @+1 {{Megatron-LM overlaps the exchange of models with one layer of multi-token prediction at most [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_one_prediction framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 mtp_layers 1 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_single_precision framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.ep_overlap' to false: Megatron-LM starts then}}
  // expected-error @+1 {{Megatron-LM overlaps the exchange of models in bf16 or fp16 only [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision fp32 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_half_precision framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.precision' to "bf16": Megatron-LM starts then}}
  // expected-error @+1 {{Megatron-LM refuses expert parallelism in fp16 [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision fp16
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_half_precision_alone framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision fp16
  parallelism @parallelism tp 8 ep 1 etp 8
}

// -----

moe.plan @framework_5_graphs framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.cuda_graph' to ["full_iteration"]: Megatron-LM starts then}}
  // expected-error @+1 {{Megatron-LM computes whole layers again only in a graph of the whole step [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 recompute ["full"] cuda_graph ["attn"]
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_graph_of_the_step framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 recompute ["full"] cuda_graph ["full_iteration"]
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

// The assertions are those of Megatron-LM.
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
