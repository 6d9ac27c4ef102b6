// Claims count with dense peaks.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @compute_4 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-warning @+2 {{claim 'a' counts with 1979 TFLOPS, the peak of H100 for sparse matrices; dense it is 989 TFLOPS [compute-4]}}
  // expected-note-re @+1 {{{{.*}}}}
  claim @a says "400 TFLOPS / 1979 TFLOPS = 20.2 %"
}

// -----

moe.plan @compute_4_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision fp8
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  claim @a says "400 TFLOPS / 1979 TFLOPS = 20.2 %"
}
