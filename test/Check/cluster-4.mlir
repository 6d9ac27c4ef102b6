// The GPU is known or described.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @cluster_4 {
  // expected-error @+2 {{unknown GPU 'H10O', did you mean 'H100'? [cluster-4]}}
  // expected-note @+1 {{a GPU of your own needs its figures: gpu_memory, peak_bf16, peak_fp8, intra_node, inter_node}}
  cluster @cluster gpu "H10O" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 4 {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism ep 8 etp 1
}

// -----

// One that the plan describes.
moe.plan @cluster_4_holds {
  cluster @cluster gpu "MI300X" nodes 2 gpus_per_node 8 gpu_memory "192 GB"
  model @model hidden 4096 vocab 128000 layers 4 {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism ep 8 etp 1
}

// -----

// No name, no claim.
moe.plan @cluster_4_absent {
  cluster @cluster nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 4 {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism ep 8 etp 1
}

// -----

// One that the plan describes under a name that resembles a preset's.
moe.plan @cluster_4_misspelt {
  // expected-remark @+1 {{'H10O' is no preset, and has only the figures that are stated, did you mean 'H100'? [cluster-4]}}
  cluster @cluster gpu "H10O" nodes 2 gpus_per_node 8 gpu_memory "64 GB"
  model @model hidden 4096 vocab 128000 layers 4 {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism ep 8 etp 1
}
