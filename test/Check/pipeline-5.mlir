// Without a layout the split may be uneven, with a note.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @pipeline_5 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 30 {
    layers @sparse 0 to 30 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-remark @+1 {{30 layers over pp = 4: 2 stages of 8 layers and 2 of 7, as no layout says otherwise [pipeline-5]}}
  parallelism @parallelism pp 4 ep 4 etp 1
}

// -----

moe.plan @pipeline_5_chunks framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 30 {
    layers @sparse 0 to 30 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-remark @+1 {{30 layers over pp x vpp = 4 x 2 = 8: 6 chunks of 4 layers and 2 of 3, as no layout says otherwise [pipeline-5]}}
  parallelism @parallelism pp 4 vpp 2 ep 4 etp 1
}

// -----

moe.plan @pipeline_5_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 30 {
    layers @sparse 0 to 30 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism pp 2 ep 4 etp 1
}
