// Stages that need very different memory are named with what they are made of.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @memory_3 framework megatron {
  cluster @cluster gpu "B300" nodes 16 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <name = "adamw", sharding = distributed>
  // expected-warning-re @+3 {{memory is uneven over the stages: stage 0 needs {{.*}}, {{.*}} times the mean of {{.*}} [memory-3]}}
  // expected-note-re @+2 {{stage 0: {{.*}}}}
  // expected-note-re @+1 {{stage 2: {{.*}}}}
  parallelism @parallelism tp 1 pp 4 ep 8 etp 1 layout "Ettttttttttttttttttttttttttttt|t|t|tL"
}

// -----

moe.plan @memory_3_policy framework megatron {
  cluster @cluster gpu "B300" nodes 16 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <name = "adamw", sharding = distributed>
  // expected-warning-re @+3 {{memory is uneven over the stages: stage 0 needs {{.*}}, {{.*}} times the mean of {{.*}} [memory-3]}}
  // expected-note-re @+2 {{stage 0: {{.*}}}}
  // expected-note-re @+1 {{stage 3: {{.*}}}}
  parallelism @parallelism tp 1 pp 4 ep 8 etp 1
  // expected-note @+1 {{the policy}}
  policy @memory_imbalance "<= 1.01"
}

// -----

moe.plan @memory_3_holds framework megatron {
  cluster @cluster gpu "B300" nodes 16 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <name = "adamw", sharding = distributed>
  parallelism @parallelism tp 1 pp 4 ep 8 etp 1
  policy @memory_imbalance "<= 1.5"
}
