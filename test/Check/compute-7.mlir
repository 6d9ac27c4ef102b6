// The GPU multiplies numbers of the plan's format; serving may unpack them.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @compute_7_hopper_for_fp8 framework megatron {
  // expected-note @+1 {{GPUs that have them: 'H100', 'H800', 'H200', 'H20', 'B200', 'GB200', 'B300' or 'GB300'}}
  cluster @cluster gpu "A100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.precision' to "bf16": A100 multiplies such numbers}}
  // expected-error @+1 {{A100 has no tensor cores for fp8, in which the plan trains [compute-7]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision fp8
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @compute_7_blackwell_for_mxfp8 framework megatron {
  // expected-note @+1 {{GPUs that have them: 'B200', 'GB200', 'B300' or 'GB300'}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+3 {{set 'workload.precision' to "fp8": H100 multiplies such numbers}}
  // expected-note @+2 {{set 'workload.precision' to "bf16": H100 multiplies such numbers}}
  // expected-error @+1 {{H100 has no tensor cores for mxfp8, in which the plan trains [compute-7]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision mxfp8
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @compute_7_serving framework megatron {
  // expected-note @+1 {{GPUs that have them: 'B200', 'GB200', 'B300' or 'GB300'}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+3 {{set 'workload.precision' to "fp8": H100 multiplies such numbers}}
  // expected-note @+2 {{set 'workload.precision' to "bf16": H100 multiplies such numbers}}
  // expected-warning @+1 {{H100 has no tensor cores for nvfp4: weights may be kept in it, but their products run in a wider format [compute-7]}}
  workload @workload mode decode batch 8 context_length 4096 precision nvfp4
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @compute_7_holds_on_hopper framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision fp8
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @compute_7_holds_on_blackwell framework megatron {
  cluster @cluster gpu "B200" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision nvfp4
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

// A GPU that only the plan knows.
moe.plan @compute_7_own framework megatron {
  cluster @cluster gpu "X1" nodes 2 gpus_per_node 8 gpu_memory "192 GB"
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision mxfp8
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
