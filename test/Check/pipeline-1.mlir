// Stages hold every layer once: layouts and decided pipelines.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @pipeline_1_chunks framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+1 {{the layout has 3 chunks, but pp = 2 needs 2 [pipeline-1]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 layout "Et*10|t*11|t*11L"
}

// -----

moe.plan @pipeline_1_layers framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  // expected-note @+1 {{32 layers here}}
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+1 {{the layout places 31 layers, the model has 32 [pipeline-1]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 layout "Et*16|t*15L"
}

// -----

moe.plan @pipeline_1_ends framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model type "mixtral" hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+2 {{the layout has 'L' 0 times, expected 1 [pipeline-1]}}
  // expected-error @+1 {{the layout has 'm' 1 time, expected 0 [pipeline-1]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 layout "Et*16|t*16m"
}

// -----

moe.plan @pipeline_1_gap framework megatron {
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
  // expected-error @+1 {{no stage holds layer 15 [pipeline-1]}}
  pipeline @stages of @model on @attention schedule one_f_one_b {
    stage 0 layers [0 to 15]
    stage 1 layers [16 to 32]
  }
}

// -----

moe.plan @pipeline_1_twice framework megatron {
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
  // expected-error @+1 {{two stages hold layer 16 [pipeline-1]}}
  pipeline @stages of @model on @attention schedule one_f_one_b {
    stage 0 layers [0 to 17]
    stage 1 layers [16 to 32]
  }
}

// -----

moe.plan @pipeline_1_stages framework megatron {
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
  // expected-error @+2 {{1 stage for pp = 2 [pipeline-1]}}
  // expected-error @+1 {{the stages end after 31 layers, the model has 32 [pipeline-1]}}
  pipeline @stages of @model on @attention schedule one_f_one_b {
    // expected-error @+1 {{stage 1 stands where stage 0 belongs [pipeline-1]}}
    stage 1 layers [0 to 31]
  }
}

// -----

moe.plan @pipeline_1_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 layout "Et*16|t*16L"
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  pipeline @stages of @model on @attention schedule one_f_one_b {
    stage 0 layers [0 to 16]
    stage 1 layers [16 to 32]
  }
}
