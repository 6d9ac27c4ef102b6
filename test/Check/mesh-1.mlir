// The degrees multiply to the number of ranks, by the rule of the plan; a
// decided mesh covers every rank.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @mesh_1_product framework megatron {
  // expected-note @+1 {{16 ranks (derived: 2 nodes x 8 GPUs)}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+5 {{the product rule needs ep x tp x cp x pp x dp = 4 x 2 x 1 x 2 x 2 = 32 ranks, but there are 16: 2x over-subscribed [mesh-1]}}
  // expected-note @+4 {{ep = 4 (stated), tp = 2 (stated), cp = 1 (default: 1), pp = 2 (stated), dp = 2 (stated)}}
  // expected-note @+3 {{the folded rule would need tp x cp x pp x dp = 2 x 1 x 2 x 2 = 8 ranks for attention and etp x ep x pp = 2 x 4 x 2 = 16 for the experts; 8 is not 16}}
  // expected-note @+2 {{set 'parallelism.dp' to "auto": dp follows from the number of ranks}}
  // expected-note @+1 {{set 'parallelism.ep' to 2: 2 divides the 16 ranks}}
  parallelism @parallelism rule product tp 2 pp 2 dp 2 ep 4
}

// -----

moe.plan @mesh_1_idle framework megatron {
  // expected-note @+1 {{16 ranks (derived: 2 nodes x 8 GPUs)}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+5 {{the folded rule needs tp x cp x pp x dp = 2 x 1 x 2 x 2 = 8 ranks, but there are 16: 8 ranks would be idle [mesh-1]}}
  // expected-note @+4 {{tp = 2 (stated), cp = 1 (default: 1), pp = 2 (stated), dp = 2 (stated)}}
  // expected-note @+3 {{the product rule would need ep x tp x cp x pp x dp = 4 x 2 x 1 x 2 x 2 = 32 ranks, 2x over-subscribed}}
  // expected-note @+2 {{set 'parallelism.dp' to "auto": dp follows from the number of ranks}}
  // expected-note @+1 {{set 'parallelism.tp' to 4: 4 divides the 16 ranks}}
  parallelism @parallelism tp 2 pp 2 dp 2 ep 4 etp 1
}

// -----

moe.plan @mesh_1_decided framework megatron {
  // expected-note @+1 {{16 ranks (derived: 2 nodes x 8 GPUs)}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-error @+1 {{mesh @attention covers 32 ranks, but there are 16 [mesh-1]}}
  mesh @attention <pp = 2, dp = 4, tp = 4> on @cluster
}

// -----

moe.plan @mesh_1_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-remark @+2 {{with etp = 2 each rank holds 1/2 of 16 experts per layer, 64 / (4 x 2) = 8 experts [balance-2]}}
  // expected-note @+1 {{etp = 2 (product rule: tp splits the experts too)}}
  parallelism @parallelism rule product tp 2 pp 2 ep 4
}
