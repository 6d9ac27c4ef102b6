// A rank outside all groups of an axis is named; it follows from the equation.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @groups_2_rest {
  // expected-note @+1 {{3 ranks (stated)}}
  cluster @cluster world_size 3 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+4 {{the folded rule needs tp x cp x pp = 2 x 1 x 1 = 2 to divide the 3 ranks, so that dp is whole [mesh-1]}}
  // expected-note @+3 {{tp = 2 (stated), cp = 1 (default: 1), pp = 1 (default: 1)}}
  // expected-note @+2 {{the product rule would need ep x tp x cp x pp = 1 x 2 x 1 x 1 = 2 ranks}}
  // expected-note @+1 {{so 3 ranks cannot be split into tp groups of 2: rank 2 is in no group [groups-2]}}
  parallelism @parallelism tp 2
}

// -----

moe.plan @groups_2_large framework megatron {
  // expected-note @+1 {{8 ranks (derived: 1 nodes x 8 GPUs)}}
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+5 {{the experts need etp x ep x pp = 1 x 16 x 2 = 32 ranks, but there are 8: 4x over-subscribed [mesh-5]}}
  // expected-note @+4 {{etp = 1 (stated), ep = 16 (stated), pp = 2 (stated)}}
  // expected-note @+3 {{set 'parallelism.ep' to 4: the experts then fill 8 ranks evenly}}
  // expected-note @+2 {{set 'parallelism.ep' to 2: the experts then fill 8 ranks evenly}}
  // expected-note @+1 {{so one ep group takes 16 ranks, but there are 8 [groups-2]}}
  parallelism @parallelism pp 2 ep 16 etp 1
}

// -----

moe.plan @groups_2_holds {
  cluster @cluster world_size 4 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2
}
