// No more stages than layers.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @pipeline_3 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 4 {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+3 {{pp = 8 makes more stages than the model has layers, 4 [pipeline-3]}}
  // expected-note @+2 {{set 'parallelism.pp' to 4: 1 layer in each stage}}
  // expected-note @+1 {{set 'parallelism.pp' to 2: 2 layers in each stage}}
  parallelism @parallelism pp 8 ep 2 etp 1
}

// -----

moe.plan @pipeline_3_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 4 {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism pp 4 ep 2 etp 1
}

// -----

// A layout may give the ends stages of their own.
moe.plan @pipeline_3_layout framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 2 {
    layers @sparse 0 to 2 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism pp 4 ep 2 etp 1 layout "E|t|t|L"
}
