// The grid of the experts divides the ranks; an absent etp follows tp in
// Megatron-Core. The plans are those of slime#1818 and Speech#14838.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @mesh_5 framework megatron {
  // expected-note @+1 {{8 ranks (derived: 1 nodes x 8 GPUs)}}
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+4 {{the experts need etp x ep x pp = 1 x 8 x 2 = 16 ranks, but there are 8: 2x over-subscribed [mesh-5]}}
  // expected-note @+3 {{etp = 1 (stated), ep = 8 (stated), pp = 2 (stated)}}
  // expected-note @+2 {{set 'parallelism.ep' to 4: the experts then fill 8 ranks evenly}}
  // expected-note @+1 {{set 'parallelism.ep' to 2: the experts then fill 8 ranks evenly}}
  parallelism @parallelism tp 2 pp 2 ep 8 etp 1
}

// -----

moe.plan @mesh_5_default framework megatron {
  // expected-note @+1 {{4 ranks (derived: 1 nodes x 4 GPUs)}}
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 4
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+4 {{the experts need etp x ep x pp = 2 x 2 x 2 = 8 ranks, but there are 4: 2x over-subscribed [mesh-5]}}
  // expected-note @+3 {{etp = 2 (default of Megatron-Core: follows tp), ep = 2 (stated), pp = 2 (stated)}}
  // expected-note @+2 {{set 'parallelism.etp' to 1: experts stay whole}}
  // expected-note @+1 {{set 'parallelism.ep' to 1: the experts then fill 4 ranks evenly}}
  parallelism @parallelism tp 2 pp 2 ep 2
}

// -----

moe.plan @mesh_5_holds framework megatron {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 2 etp 1
}
