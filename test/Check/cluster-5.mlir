// An NVLink domain is a part of a node or whole nodes, and no more than there are.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @cluster_5_straddles framework megatron {
  // expected-error @+3 {{nvlink_domain = 7 is neither a part of a node of 8 GPUs nor whole nodes [cluster-5]}}
  // expected-note @+2 {{gpus_per_node = 8 (stated)}}
  // expected-note @+1 {{set 'cluster.nvlink_domain' to 8: NVLink inside of each node}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8 nvlink_domain 7
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

moe.plan @cluster_5_too_large framework megatron {
  // expected-warning @+1 {{nvlink_domain = 1000000 is more than the 16 GPUs of the cluster [cluster-5]}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8 nvlink_domain 1000000
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

moe.plan @cluster_5_more_than_a_rack framework megatron {
  // expected-warning @+1 {{nvlink_domain = 144 is more than the 16 GPUs of the cluster, also with the rest of a rack of 72 [cluster-5]}}
  cluster @cluster gpu "GB200" nodes 4 gpus_per_node 4 nvlink_domain 144
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

// Four nodes of an NVL72 rack.
moe.plan @cluster_5_holds_in_a_rack framework megatron {
  cluster @cluster gpu "GB200" nodes 4 gpus_per_node 4 nvlink_domain 72
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

// Bridges between pairs of GPUs.
moe.plan @cluster_5_holds_for_pairs framework megatron {
  cluster @cluster gpu "A100" nodes 2 gpus_per_node 8 nvlink_domain 2
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
