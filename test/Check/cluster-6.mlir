// Nodes have as many GPUs as nvidia-smi topo -m shows.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @cluster_6_too_many framework megatron {
  // expected-error @+3 {{gpus_per_node is 8 (stated), but nvidia-smi topo -m shows 4 GPUs [cluster-6]}}
  // expected-note @+2 {{the file was given here}}
  // expected-note @+1 {{set 'cluster.gpus_per_node' to 4: what nvidia-smi topo -m shows}}
  cluster @cluster gpu "A100" nodes 2 gpus_per_node 8 topology ["topo.txt"] nvlink_groups [0, 0, 0, 0]
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

moe.plan @cluster_6_holds framework megatron {
  cluster @cluster gpu "A100" nodes 4 gpus_per_node 4 nvlink_domain 4 topology ["topo.txt"] nvlink_groups [0, 0, 0, 0]
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
