// No split makes a model fit that is larger than all GPUs together
// (vllm-project/vllm#4786: 480 billion parameters on 8 GPUs of 80 GB).
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @memory_2 {
  // expected-error @+2 {{the model would take 953.7 GB, all 8 GPUs together have 684.2 GB [memory-2]}}
  // expected-note @+1 {{that is the memory of 12 GPUs before any activation or KV cache: an H100 has 85.52 GB (81559 MiB usable)}}
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  // expected-note @+1 {{476.9 G parameters x 2 B = 953.7 GB}}
  model @arctic hidden 7168 vocab 32000 layers 35 gated true {
    layers @sparse 0 to 35 {
      attention heads 56 kv_heads 8 head_size 128
      experts count 128 top_k 2 width 4864 shared 1 shared_width 4864
    }
  }
  workload @workload mode decode batch 1 context_length 4096
  // expected-note-re @+2 {{so the plan does not fit: a rank needs {{.*}}, an H100 has 85.52 GB (81559 MiB usable) [memory-1]}}
  // expected-remark @+1 {{8 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 8 x 8 x 1 x 1 = 64 ranks, 8x over-subscribed [mesh-7]}}
  parallelism @parallelism tp 8 ep 8 etp 1
}

// -----

// Training keeps gradients and states, too.
moe.plan @memory_2_training {
  // expected-error @+2 {{the model would take 6.676 TB, all 16 GPUs together have 1.368 TB [memory-2]}}
  // expected-note @+1 {{that is the memory of 79 GPUs before any activation or KV cache: an H100 has 85.52 GB (81559 MiB usable)}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  // expected-note @+1 {{476.9 G parameters x (2 B of weights + 4 B of gradients + 4 B of master weights + 4 B of moments) = 6.676 TB}}
  model @arctic hidden 7168 vocab 32000 layers 35 gated true {
    layers @sparse 0 to 35 {
      attention heads 56 kv_heads 8 head_size 128
      experts count 128 top_k 2 width 4864 shared 1 shared_width 4864
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 64
    optimizer <name = "adamw", moments = bf16, sharding = distributed>
  // expected-note-re @+1 {{so the plan does not fit: a rank needs {{.*}}, an H100 has 85.52 GB (81559 MiB usable) [memory-1]}}
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @memory_2_holds {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @arctic hidden 7168 vocab 32000 layers 35 gated true {
    layers @sparse 0 to 35 {
      attention heads 56 kv_heads 8 head_size 128
      experts count 128 top_k 2 width 4864 shared 1 shared_width 4864
    }
  }
  workload @workload mode decode batch 1 context_length 4096
  // expected-remark @+1 {{16 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 16 x 8 x 1 x 1 = 128 ranks, 8x over-subscribed [mesh-7]}}
  parallelism @parallelism tp 8 ep 16 etp 1
}
