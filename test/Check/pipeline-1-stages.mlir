// Tokens go from chunk to chunk, in at the first stage and out at the last.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @pipeline_1_ends_of_layout framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+2 {{the layout does not begin with 'E' [pipeline-1]}}
  // expected-error @+1 {{the layout does not end with 'L' [pipeline-1]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 layout "tEt*15|Lt*16"
}

// -----

moe.plan @pipeline_1_chunks_in_order framework megatron {
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
  pipeline @stages of @model on @attention schedule interleaved {
    stage 0 layers [0 to 8, 8 to 16] embedding
    // expected-error @+1 {{chunk 0 of stage 1 holds layers 16 to 23, but layer 8 is the next that tokens reach [pipeline-1]}}
    stage 1 layers [16 to 24, 24 to 32] output
  }
}

// -----

moe.plan @pipeline_1_equal_chunks framework megatron {
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
  pipeline @stages of @model on @attention schedule interleaved {
    stage 0 layers [0 to 8, 16 to 32] embedding
    // expected-error @+1 {{stage 1 has 1 chunk, the first stage has 2 [pipeline-1]}}
    stage 1 layers [8 to 16] output
  }
}

// -----

moe.plan @pipeline_1_ends_of_stages framework megatron {
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
    // expected-error @+1 {{stage 0 holds the output head, which belongs to stage 1 [pipeline-1]}}
    stage 0 layers [0 to 16] output
    // expected-error @+1 {{stage 1 holds the embedding, which belongs to stage 0 [pipeline-1]}}
    stage 1 layers [16 to 32] embedding
  }
}

// -----

moe.plan @pipeline_1_interleaved_holds framework megatron {
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
  pipeline @stages of @model on @attention schedule interleaved {
    stage 0 layers [0 to 8, 16 to 24] embedding
    stage 1 layers [8 to 16, 24 to 32] output
  }
}
