// Tensor-parallel groups stay inside a node, or inside an NVLink domain where
// that is larger.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @groups_3 framework megatron {
  // expected-note @+1 {{gpus_per_node = 8 (stated)}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 129024 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 16 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-warning @+1 {{tp groups of 16 cross nodes of 8 GPUs [groups-3]}}
  parallelism @parallelism tp 16 etp 1
}

// -----

moe.plan @groups_3_stride framework megatron {
  // expected-note @+1 {{gpus_per_node = 8 (stated)}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-warning @+2 {{tp groups of 2, 8 ranks apart, cross nodes of 8 GPUs [groups-3]}}
  // expected-remark @+1 {{16 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 4 x 2 x 8 x 1 = 64 ranks, 4x over-subscribed [mesh-7]}}
  parallelism @parallelism tp 2 cp 8 ep 4 etp 1 order "cp-tp-ep-dp-pp"
}

// -----

moe.plan @groups_3_rack framework megatron {
  cluster @cluster gpu "GB200" nodes 4 gpus_per_node 4
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-remark @+1 {{16 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 2 x 8 x 1 x 2 = 32 ranks, 2x over-subscribed [mesh-7]}}
  parallelism @parallelism tp 8 pp 2 ep 2 etp 1
}

// -----

moe.plan @groups_3_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-remark @+1 {{16 ranks satisfy the folded rule, the default; the product rule would need ep x tp x cp x pp = 8 x 8 x 1 x 2 = 128 ranks, 8x over-subscribed [mesh-7]}}
  parallelism @parallelism tp 8 pp 2 ep 8 etp 1
}
