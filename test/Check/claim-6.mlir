// A number that nobody can recompute says where it comes from.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @claim_6 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-warning @+2 {{1 claim cannot be recomputed and says nothing of where the number comes from: 'a' [claim-6]}}
  // expected-remark @+1 {{2 of 2 claims cannot be verified; not known: a baseline of another size [claim-1]}}
  claim @a says "strong_scaling = 95 %"
  claim @b says "weak_scaling = 92 %" source measured
}

// -----

moe.plan @claim_6_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  claim @a says "1 - 3 / 128 = 98 %"
}
