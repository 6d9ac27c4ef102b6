// Two meshes over the same ranks have a common refinement.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @mesh_4 framework megatron {
  // expected-note @+1 {{gpus_per_node = 8 (stated)}}
  cluster @cluster gpu "H100" nodes 3 gpus_per_node 8
  model @model hidden 4096 vocab 129024 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 48 kv_heads 6 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4098 micro_batch 1 global_batch 256
  // expected-warning @+2 {{the attention mesh and the expert mesh have no common grid: one groups ranks by 3, the other by 4, and 3 does not divide 4; Megatron-Core runs such a plan, `moec build` cannot [mesh-4]}}
  // expected-warning @+1 {{tp groups of 3 cross nodes of 8 GPUs [groups-3]}}
  parallelism @parallelism tp 3 ep 4 etp 1
}

// -----

moe.plan @mesh_4_holds framework megatron {
  // expected-note @+1 {{gpus_per_node = 8 (stated)}}
  cluster @cluster gpu "H100" nodes 3 gpus_per_node 8
  model @model hidden 4096 vocab 129024 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 48 kv_heads 6 head_size 128
      experts count 64 top_k 8 width 1536
    }
  }
  workload @workload mode train sequence_length 4098 micro_batch 1 global_batch 256
  // expected-warning @+4 {{etp groups of 3 cross nodes of 8 GPUs [groups-3]}}
  // expected-warning @+3 {{tp groups of 3 cross nodes of 8 GPUs [groups-3]}}
  // expected-remark @+2 {{with etp = 3 each rank holds 1/3 of 8 experts per layer, 64 / (8 x 3) = 2.67 experts; 256 thirds = 85.33 expert-equivalents over 32 layers [balance-2]}}
  // expected-note @+1 {{etp = 3 (stated)}}
  parallelism @parallelism tp 3 ep 8 etp 3
}

// -----

// Without a framework nobody is known to run it.
moe.plan @mesh_4_alone {
  // expected-note @+1 {{gpus_per_node = 8 (stated)}}
  cluster @cluster gpu "H100" nodes 3 gpus_per_node 8
  model @model hidden 4096 vocab 129024 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 48 kv_heads 6 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4098 micro_batch 1 global_batch 256
  // expected-error @+2 {{the attention mesh and the expert mesh have no common grid: one groups ranks by 3, the other by 4, and 3 does not divide 4 [mesh-4]}}
  // expected-warning @+1 {{tp groups of 3 cross nodes of 8 GPUs [groups-3]}}
  parallelism @parallelism tp 3 ep 4 etp 1
}
