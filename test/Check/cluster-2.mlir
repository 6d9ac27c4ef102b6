// Every GPU has a rank.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @cluster_2 framework megatron {
  // expected-warning @+2 {{16 GPUs of 4 nodes x 8 GPUs = 32 would be idle: world_size is 16 [cluster-2]}}
  // expected-note @+1 {{gpus_per_node = 8 (stated)}}
  cluster @cluster gpu "H100" nodes 4 gpus_per_node 8 world_size 16
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @cluster_2_preset framework megatron {
  // expected-warning @+2 {{16 GPUs of 4 nodes x 8 GPUs = 32 would be idle: world_size is 16 [cluster-2]}}
  // expected-note @+1 {{gpus_per_node = 8 (H100: HGX board of 8 GPUs behind NVSwitch)}}
  cluster @cluster gpu "H100" nodes 4 world_size 16
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @cluster_2_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 world_size 16
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
