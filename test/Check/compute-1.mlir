// A stated peak is the dense one (Megatron-LM#1565).
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @compute_1 framework megatron {
  // expected-warning @+3 {{peak_bf16 = 1979 TFLOPS is the peak with sparsity; dense it is 989 TFLOPS on H100 [compute-1]}}
  // expected-note @+2 {{NVIDIA H100 data sheet, SXM: half of the figure with sparsity}}
  // expected-warning @+1 {{peak_fp8 = 3958 TFLOPS is the peak with sparsity; dense it is 1979 TFLOPS on H100 [compute-1]}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8 peak_bf16 "1979 TFLOPS" peak_fp8 "3958 TFLOPS"
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @compute_1_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8 peak_bf16 "989 TFLOPS" peak_fp8 "1979 TFLOPS"
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
