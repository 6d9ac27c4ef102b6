// A claimed utilisation is wanted.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @policy_1 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-note @+1 {{the target}}
  target @memory_utilization "60 % .. 95 %"
  // expected-warning @+2 {{memory_utilization is claimed as 12 % (claim 'a'), but the target is 60 % .. 95 % [policy-1]}}
  // expected-remark @+1 {{2 of 2 claims cannot be verified; not known: model.gated [claim-1]}}
  claim @a says "memory_utilization = 12 %" source modelled
  // expected-warning @+1 {{compute_utilization is claimed as < 0.1 % (claim 'b'): almost all of the arithmetic is idle, and no target says that this is wanted [policy-1]}}
  claim @b says "compute_utilization < 0.1 %" source modelled
}

// -----

moe.plan @policy_1_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  target @compute_utilization "<= 20 %"
  target @memory_utilization "60 % .. 95 %"
  // expected-remark @+1 {{2 of 2 claims cannot be verified; not known: model.gated [claim-1]}}
  claim @a says "memory_utilization = 66.1 %" source modelled
  claim @b says "compute_utilization = 5 %" source modelled
}
