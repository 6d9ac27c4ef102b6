// A plan that does not fit is refused, with what takes the memory and with the
// changes that fit; parts of a model that is known in part may be enough to say
// so.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @memory_1 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    recompute ["none"]
    optimizer <name = "adamw", moments = fp32, gradients = fp32, sharding = none>
  // expected-error-re @+5 {{the plan does not fit: a rank of stage 0 needs {{.*}}, an H100 has 85.52 GB (81559 MiB usable) [memory-1]}}
  // expected-note-re @+4 {{{{.*}} + {{.*}}}}
  // expected-note-re @+3 {{all 2 stages do not fit; the least is needed by stage 1: {{.*}}}}
  // expected-note-re @+2 {{set 'parallelism.ep' to 8: a rank then needs {{.*}}}}
  // expected-note-re @+1 {{set 'parallelism.pp' to 4: a rank then needs {{.*}}}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

// Only parts that the model has are recomputed: nothing of latent attention.
moe.plan @memory_1_recompute framework megatron {
  cluster @cluster gpu "H100" nodes 8 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 32770 micro_batch 1 global_batch 4096
    recompute ["none"]
    optimizer <name = "adamw", moments = fp32, gradients = fp32, master = fp32, sharding = distributed>
  // expected-error-re @+4 {{the plan does not fit: a rank of stage 0 needs {{.*}}, an H100 has 85.52 GB (81559 MiB usable) [memory-1]}}
  // expected-note-re @+3 {{{{.*}} + {{.*}}}}
  // expected-note-re @+2 {{all 2 stages do not fit; the least is needed by stage 1: {{.*}}}}
  // expected-note-re @+1 {{set 'workload.recompute' to ["moe"]: a rank then needs {{.*}}}}
  parallelism @parallelism tp 2 pp 2 ep 16 etp 1
}

// -----

// What is not stated is granted, and does not help.
moe.plan @memory_1_whatever_is_open framework megatron {
  cluster @cluster gpu "own" nodes 2 gpus_per_node 8 gpu_memory "44 GB"
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <name = "adamw", moments = bf16, gradients = bf16, master = fp32, sharding = distributed>
  // expected-error-re @+4 {{the plan does not fit: a rank of stage 0 needs {{.*}}, still {{.*}} with the most favourable workload.recompute full, workload.fused_loss true, a GPU has 44 GB [memory-1]}}
  // expected-note-re @+3 {{{{.*}} + {{.*}}}}
  // expected-note-re @+2 {{all 2 stages do not fit; the least is needed by stage 1: {{.*}}}}
  // expected-note @+1 {{no single change of recomputation, sharding, batch or a degree makes it fit}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

  // expected-remark @+1 {{7 figures are not stated, and what needs them was not checked: model.vocab_size, model.num_attention_heads, model.num_experts_per_tok, workload.mode, workload.sequence_length, workload.micro_batch, workload.global_batch [input-1]}}
moe.plan @memory_1_of_parts {
  cluster @cluster gpu "own" world_size 33 gpu_memory "64 GB"
  model @model hidden 4096 layers 24 gated false {
    layers @sparse 0 to 24 {
      experts count 63 width 16384
    }
  }
  // expected-error @+2 {{the plan does not fit: the experts alone take 135.3 GB of each rank, a GPU has 64 GB [memory-1]}}
  // expected-note @+1 {{21 experts x 24 layers x 268.4 MB = 135.3 GB}}
  parallelism @parallelism rule product tp 1 ep 3 dp auto
}

// -----

moe.plan @memory_1_holds framework megatron {
  cluster @cluster gpu "H100" nodes 16 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <name = "adamw", sharding = distributed>
  parallelism @parallelism tp 2 pp 2 ep 16 etp 1
}
