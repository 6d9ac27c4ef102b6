// A sequence divides over the ranks of a tensor-parallel group, each of which has a
// share of the tokens between the products of a layer.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @workload_8 framework megatron {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 3
  model @model hidden 3072 vocab 128256 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 24 kv_heads 12 head_size 128
      experts count 8 top_k 2 width 768
    }
  }
  // expected-error @+2 {{sequence_length = 4096 does not divide over tp = 3 ranks [workload-8]}}
  // expected-note @+1 {{set 'workload.sequence_length' to 4098: padded to whole shares}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 recompute ["full"]
  // expected-note @+1 {{tp = 3 (stated)}}
  parallelism @parallelism rule folded tp 3 etp 1
}

// -----

// Of two context-parallel ranks each has two chunks, which an odd TP divides.
moe.plan @workload_8_context framework megatron {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 6
  model @model hidden 3072 vocab 128256 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 24 kv_heads 12 head_size 128
      experts count 8 top_k 2 width 768
    }
  }
  // expected-error @+2 {{sequence_length = 4096 / cp = 2048 does not divide over tp = 3 ranks [workload-8]}}
  // expected-note @+1 {{set 'workload.sequence_length' to 4104: padded to whole shares}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 recompute ["full"]
  // expected-note @+1 {{tp = 3 (stated)}}
  parallelism @parallelism rule folded tp 3 cp 2 etp 1
}

// -----

moe.plan @workload_8_holds framework megatron {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 6
  model @model hidden 3072 vocab 128256 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 24 kv_heads 12 head_size 128
      experts count 8 top_k 2 width 768
    }
  }
  workload @workload mode train sequence_length 4104 micro_batch 1 global_batch 256 recompute ["full"]
  parallelism @parallelism rule folded tp 3 cp 2 etp 1
}

// -----

// Serving sums all tokens on all ranks.
moe.plan @workload_8_prefill framework vllm {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 3
  model @model hidden 3072 vocab 128256 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 24 kv_heads 12 head_size 128
      experts count 9 top_k 2 width 768
    }
  }
  workload @workload mode prefill sequence_length 4096 batch 8
  parallelism @parallelism rule folded tp 3 etp 3
}
