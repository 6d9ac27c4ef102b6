// A share is at most the whole.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @compute_3 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-remark @+3 {{1 of 1 claim cannot be verified; not known: model.gated [claim-1]}}
  // expected-error @+2 {{memory_utilization = 624 % is more than the whole [compute-3]}}
  // expected-note @+1 {{over 16 ranks it is 39 %: was the work of all set against the peak of one?}}
  claim @a says "memory_utilization = 624 %" source modelled
}

// -----

moe.plan @compute_3_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: model.gated [claim-1]}}
  claim @a says "memory_utilization <= 100 %" source modelled
}
