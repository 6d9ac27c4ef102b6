// A uniform layout divides the layers (Megatron-LM#1304: 30 layers on 4
// stages).
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @pipeline_4 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  // expected-note @+1 {{30 layers here}}
  model @model hidden 4096 vocab 128000 layers 30 {
    layers @sparse 0 to 30 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+2 {{30 layers do not divide into equal stages over pp = 4: 28 would be built and 2 dropped [pipeline-4]}}
  // expected-note @+1 {{remove 'parallelism.layout': stages then differ by one layer at most}}
  parallelism @parallelism pp 4 ep 4 etp 1 layout "uniform"
}

// -----

moe.plan @pipeline_4_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 30 {
    layers @sparse 0 to 30 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism pp 2 ep 4 etp 1 layout "uniform"
}
