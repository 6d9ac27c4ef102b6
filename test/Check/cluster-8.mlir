// Every GPU has a network adapter of its own, or none has.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @cluster_8_some framework megatron {
  // expected-warning @+1 {{no network adapter is behind the PCIe switch of GPU0, GPU1, the other GPUs have one: their traffic passes the CPU, and every group waits for them [cluster-8]}}
  cluster @cluster gpu "A100" nodes 4 gpus_per_node 4 nvlink_domain 4 nvlink_groups [0, 0, 0, 0] gpu_nics ["", "", "mlx5_0", "mlx5_0"]
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

moe.plan @cluster_8_holds framework megatron {
  cluster @cluster gpu "A100" nodes 4 gpus_per_node 4 nvlink_domain 4 nvlink_groups [0, 0, 0, 0] gpu_nics ["mlx5_0", "mlx5_0", "mlx5_1", "mlx5_1"]
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
