// Claims that need a figure nobody gives are noted once, with the figure.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @claim_1 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-remark @+1 {{2 of 3 claims cannot be verified; not known: model.gated, workload.mode = decode [claim-1]}}
  claim @a says "device_memory <= gpu_memory" source modelled
  claim @b says "tpot < 2 ms" source measured
  claim @c says "1 = 1"
}

// -----

moe.plan @claim_1_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  claim @a says "world_size = 16"
}
