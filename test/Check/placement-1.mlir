// A placement holds every expert, and none twice on a rank.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @placement_1_twice framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  mesh @expert <pp = 2, edp = 2, ep = 4> on @cluster folds @attention keeping <pp>
  // expected-error @+1 {{placement @sparse holds expert 0 twice on rank 0, which balances nothing [placement-1]}}
  placement @sparse of @model::@sparse on @expert slots 2 table dense<[[0, 0], [1, 2], [3, -1], [1, 2]]> : tensor<4x2xi32>
}

// -----

moe.plan @placement_1_absent framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  mesh @expert <pp = 2, edp = 2, ep = 4> on @cluster folds @attention keeping <pp>
  // expected-error @+1 {{placement @sparse has no slot for expert 3 [placement-1]}}
  placement @sparse of @model::@sparse on @expert slots 2 table dense<[[0, 1], [1, 2], [0, -1], [1, 2]]> : tensor<4x2xi32>
}

// -----

moe.plan @placement_1_unknown framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  mesh @expert <pp = 2, edp = 2, ep = 4> on @cluster folds @attention keeping <pp>
  // expected-error @+1 {{placement @sparse names expert 4 on rank 0, but there are 4 [placement-1]}}
  placement @sparse of @model::@sparse on @expert slots 2 table dense<[[0, 4], [1, 2], [3, -1], [1, 2]]> : tensor<4x2xi32>
}

// -----

moe.plan @placement_1_rows framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  mesh @expert <pp = 2, edp = 2, ep = 4> on @cluster folds @attention keeping <pp>
  // expected-error @+1 {{placement @sparse has rows for 2 ranks, but the experts are spread over 4 [placement-1]}}
  placement @sparse of @model::@sparse on @expert slots 2 table dense<[[0, 1], [2, 3]]> : tensor<2x2xi32>
}

// -----

moe.plan @placement_1_layers framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  mesh @expert <pp = 2, edp = 2, ep = 4> on @cluster folds @attention keeping <pp>
  // expected-error @+1 {{placement @sparse covers 31 layers, but @sparse has 32 [placement-1]}}
  placement @sparse of @model::@sparse on @expert slots 2 table dense<0> : tensor<31x4x2xi32>
}

// -----

moe.plan @placement_1_some_layers framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 3 {
    layers @sparse 0 to 3 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 1 ep 4 etp 1
  mesh @attention <dp = 8, tp = 2> on @cluster
  mesh @expert <edp = 4, ep = 4> on @cluster
  // expected-error @+1 {{placement @sparse in layer 1 and 1 more holds expert 1 twice on rank 1, which balances nothing [placement-1]}}
  placement @sparse of @model::@sparse on @expert slots 2 table dense<[[[0, 1], [1, 2], [3, -1], [0, 2]], [[0, 1], [1, 1], [3, -1], [0, 2]], [[0, 1], [1, 2], [0, -1], [0, 2]]]> : tensor<3x4x2xi32>
}

// -----

moe.plan @placement_1_splat framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  mesh @expert <pp = 2, edp = 2, ep = 4> on @cluster folds @attention keeping <pp>
  // expected-error @+1 {{placement @sparse in layer 0 and 31 more holds expert 0 twice on rank 0, which balances nothing [placement-1]}}
  placement @sparse of @model::@sparse on @expert slots 2 table dense<0> : tensor<32x4x2xi32>
}

// -----

moe.plan @placement_1_few framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  mesh @expert <pp = 2, edp = 2, ep = 4> on @cluster folds @attention keeping <pp>
  // expected-error @+1 {{placement @sparse has 60 slots, too few for 64 experts [placement-1]}}
  placement @sparse of @model::@sparse on @expert slots 15 contiguous
}

// -----

moe.plan @placement_1_many framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  mesh @expert <pp = 2, edp = 2, ep = 4> on @cluster folds @attention keeping <pp>
  // expected-error @+1 {{placement @sparse gives a rank 5 slots for 4 experts, so that it holds some twice [placement-1]}}
  placement @sparse of @model::@sparse on @expert slots 5 round_robin
}

// -----

moe.plan @placement_1_slots framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-error @+2 {{slots_per_rank = 5 for 4 experts gives a rank some of them twice, which balances nothing [placement-1]}}
  // expected-note @+1 {{set 'experts.slots_per_rank' to 1: 4 slots, 0 redundant replicas, the trained model unchanged}}
  distribution @experts slots_per_rank 5
}

// -----

moe.plan @placement_1_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  mesh @expert <pp = 2, edp = 2, ep = 4> on @cluster folds @attention keeping <pp>
  placement @sparse of @model::@sparse on @expert slots 2 table dense<[[0, 1], [1, 2], [3, -1], [0, 2]]> : tensor<4x2xi32>
}
