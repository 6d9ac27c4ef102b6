// Layers that Megatron-LM computes again stay out of overlap and of CUDA graphs.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

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
