// Each rank holds whole quantization blocks (vllm#40955: 3072 / 16 = 192, block
// 128).
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @quantization_1 framework vllm {
  // expected-note @+1 {{gpus_per_node = 8 (stated)}}
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 quantization_block [128, 128] {
    // expected-note @+1 {{3072 columns of each expert here}}
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 3072
    }
  }
  workload @workload mode prefill sequence_length 4096 batch 8
  // expected-error @+3 {{3072 columns of each expert over etp = 16 leave 3072 / 16 = 192, which is no multiple of the quantization block of 128 [quantization-1]}}
  // expected-note @+2 {{set 'parallelism.etp' to 8: 8 divides 3072}}
  // expected-warning @+1 {{etp groups of 16 cross nodes of 8 GPUs [groups-3]}}
  parallelism @parallelism tp 4 ep 1 etp 16
}

// -----

moe.plan @quantization_1_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 quantization_block [128, 128] {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 3072
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 4 ep 1 etp 8
}
