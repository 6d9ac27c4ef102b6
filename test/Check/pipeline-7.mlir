// An interleaved pipeline has stages.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @pipeline_7 {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 4 {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+2 {{vpp = 2 interleaves the stages of a pipeline, but pp = 1 makes none [pipeline-7]}}
  // expected-note @+1 {{set 'parallelism.vpp' to 1: without interleaving}}
  parallelism @parallelism pp 1 vpp 2 ep 8 etp 1
}

// -----

moe.plan @pipeline_7_holds {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 4 {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism pp 2 vpp 2 ep 8 etp 1
}
