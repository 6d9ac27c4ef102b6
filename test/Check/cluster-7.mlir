// NVLink joins the GPUs that the plan counts on.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @cluster_7_bridges framework megatron {
  // expected-error @+3 {{nvlink_domain is 4 (stated), but nvidia-smi topo -m shows no NVLink between GPU0 and GPU2 [cluster-7]}}
  // expected-note @+2 {{the file was given here}}
  // expected-note @+1 {{set 'cluster.nvlink_domain' to 2: what nvidia-smi topo -m shows}}
  cluster @cluster gpu "A100" nodes 4 gpus_per_node 4 nvlink_domain 4 nvlink_groups [0, 0, 1, 1]
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

// One GPU of a board is off NVLink.
moe.plan @cluster_7_broken framework megatron {
  // expected-error @+3 {{nvlink_domain is 8 (B200: HGX board of 8 GPUs behind NVSwitch), but nvidia-smi topo -m shows no NVLink between GPU0 and GPU2 [cluster-7]}}
  // expected-note @+2 {{the file was given here}}
  // expected-note @+1 {{GPUs of one board are joined alike: a link is down, or the process that ran it does not see all GPUs}}
  cluster @cluster gpu "B200" nodes 2 gpus_per_node 8 nvlink_groups [0, 0, 1, 0, 0, 0, 0, 0]
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

moe.plan @cluster_7_more framework megatron {
  // expected-warning @+3 {{nvlink_domain is 2 (stated), but nvidia-smi topo -m shows NVLink among 4 GPUs [cluster-7]}}
  // expected-note @+2 {{the file was given here}}
  // expected-note @+1 {{set 'cluster.nvlink_domain' to 4: what nvidia-smi topo -m shows}}
  cluster @cluster gpu "A100" nodes 4 gpus_per_node 4 nvlink_domain 2 nvlink_groups [0, 0, 0, 0]
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

// Four nodes of an NVL72 rack: what joins them, one node does not show.
moe.plan @cluster_7_holds_in_a_rack framework megatron {
  cluster @cluster gpu "GB200" nodes 4 gpus_per_node 4 nvlink_groups [0, 0, 0, 0]
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
