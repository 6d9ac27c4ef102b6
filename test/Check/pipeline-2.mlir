// No stage is empty (Megatron-LM#1852).
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @pipeline_2 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+1 {{stage 1 of the layout is empty: its ranks would wait for work that never comes [pipeline-2]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 layout "Et*32L|"
}

// -----

moe.plan @pipeline_2_decided framework megatron {
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
  pipeline @stages of @model on @attention schedule one_f_one_b {
    stage 0 layers [0 to 32]
    // expected-error @+1 {{stage 1 holds no layer: its ranks would wait for work that never comes [pipeline-2]}}
    stage 1 layers [32 to 32]
  }
}

// -----

moe.plan @pipeline_2_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 layout "Et*32|L"
}
