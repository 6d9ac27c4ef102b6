// A sequence divides into two chunks per context-parallel rank.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @workload_3 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-error @+2 {{sequence_length = 4098 does not divide into 2 x cp = 4 chunks [workload-3]}}
  // expected-note @+1 {{set 'workload.sequence_length' to 4100: padded to whole chunks}}
  workload @workload mode train sequence_length 4098 micro_batch 1 global_batch 256
  // expected-note @+1 {{cp = 2 (stated)}}
  parallelism @parallelism cp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @workload_3_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4100 micro_batch 1 global_batch 256
  parallelism @parallelism cp 2 pp 2 ep 4 etp 1
}

// -----

// A step of decoding has one token per request.
moe.plan @workload_3_decode framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode sequence_length 4098 context_length 4096 batch 8
  parallelism @parallelism cp 2 pp 2 ep 4 etp 1
}
