// The memory in use is compared with the policy, as a share or in bytes.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @memory_4 framework megatron {
  cluster @cluster gpu "B300" nodes 16 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <name = "adamw", sharding = distributed>
  parallelism @parallelism tp 1 pp 1 ep 64 etp 1
  // expected-warning-re @+2 {{the largest stage uses {{.*}} of the memory of a GPU, the policy is 60 % .. 95 %: {{.*}}, and a B300 has 288.4 GB (275040 MiB usable) [memory-4]}}
  // expected-note-re @+1 {{{{.*}} + {{.*}}}}
  policy @device_memory "60 % .. 95 %"
}

// -----

moe.plan @memory_4_bytes framework megatron {
  cluster @cluster gpu "B300" nodes 16 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <name = "adamw", sharding = distributed>
  parallelism @parallelism tp 1 pp 1 ep 64 etp 1
  // expected-warning-re @+2 {{the largest stage uses {{.*}} of the memory of a GPU, the policy is <= 10 GB [memory-4]}}
  // expected-note-re @+1 {{{{.*}} + {{.*}}}}
  policy @device_memory "<= 10 GB"
}

// -----

moe.plan @memory_4_holds framework megatron {
  cluster @cluster gpu "B300" nodes 16 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <name = "adamw", sharding = distributed>
  parallelism @parallelism tp 1 pp 1 ep 64 etp 1
  policy @device_memory "<= 95 %"
}
