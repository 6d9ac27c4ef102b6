// What an estimate cannot exclude is a warning: its error, or what the plan leaves
// open, may make the plan fit.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @memory_5 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <name = "adamw">
  // expected-warning-re @+6 {{the plan may not fit: a rank of stage 0 needs {{.*}} as far as the plan says, an H100 has 85.52 GB (81559 MiB usable) [memory-5]}}
  // expected-note @+5 {{what is not stated decides: 32.91 GB with the most favourable workload.recompute full, workload.optimizer.sharding fsdp, workload.optimizer.moments fp8, workload.optimizer.gradients bf16, workload.optimizer.master bf16, workload.fused_loss true}}
  // expected-note-re @+4 {{{{.*}} + {{.*}}}}
  // expected-note-re @+3 {{all 2 stages do not fit; the least is needed by stage 1: {{.*}}}}
  // expected-note-re @+2 {{set 'parallelism.ep' to 8: a rank then needs {{.*}}}}
  // expected-note-re @+1 {{set 'parallelism.pp' to 4: a rank then needs {{.*}}}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @memory_5_within_the_error {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8 gpu_memory "88 GB"
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode batch 64 context_length 4096
  // expected-warning-re @+4 {{the plan may not fit: a rank needs {{.*}} by an estimate that is good to 10 %, a GPU has 88 GB [memory-5]}}
  // expected-note-re @+3 {{{{.*}} + {{.*}}}}
  // expected-note-re @+2 {{set 'parallelism.ep' to 8: a rank then needs {{.*}}}}
  // expected-note-re @+1 {{set 'parallelism.etp' to 4: a rank then needs {{.*}}}}
  parallelism @parallelism tp 1 ep 2 etp 1
}

// -----

moe.plan @memory_5_holds {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode batch 16 context_length 4096
  parallelism @parallelism tp 1 ep 2 etp 1
}
