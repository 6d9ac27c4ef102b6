// The schedule fits stages, chunks and micro-batches.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @pipeline_8_both_ends {
  cluster @cluster gpu "H800" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 512
    }
  }
  // expected-note @+1 {{the global batch}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 24
  // expected-error @+1 {{dualpipe lets half of the micro-batches enter at either end, at least pp of them, but a replica has 12 [pipeline-8]}}
  parallelism @parallelism pp 8 ep 2 etp 1 schedule dualpipe
}

// -----

moe.plan @pipeline_8_mirror {
  cluster @cluster gpu "H800" nodes 3 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 30 gated true {
    layers @sparse 0 to 30 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 512
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+1 {{dualpipe mirrors each stage on another one, but pp = 3 leaves one alone [pipeline-8]}}
  parallelism @parallelism pp 3 ep 8 etp 1 schedule dualpipe
}

// -----

moe.plan @pipeline_8_chunks {
  cluster @cluster gpu "H800" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 512
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+4 {{the schedule '1f1b' runs one chunk on each stage, but vpp = 2 [pipeline-8]}}
  // expected-note @+3 {{vpp = 2 here}}
  // expected-note @+2 {{remove 'parallelism.schedule': 1f1b, interleaved where stages have chunks}}
  // expected-note @+1 {{set 'parallelism.vpp' to 1: one chunk a stage}}
  parallelism @parallelism pp 8 vpp 2 ep 2 etp 1 schedule one_f_one_b
}

// -----

moe.plan @pipeline_8_framework framework megatron {
  cluster @cluster gpu "H800" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 512
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+2 {{Megatron-Core has no schedule 'zero_bubble' [pipeline-8]}}
  // expected-note @+1 {{remove 'parallelism.schedule': 1f1b, interleaved where stages have chunks}}
  parallelism @parallelism pp 8 ep 2 etp 1 schedule zero_bubble
}

// -----

moe.plan @pipeline_8_holds {
  cluster @cluster gpu "H800" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 gated true {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 512
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism pp 8 ep 2 etp 1 schedule dualpipe
}
