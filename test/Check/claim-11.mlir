// One metric has one value.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @claim_11 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-remark @+2 {{3 of 3 claims cannot be verified; not known: model.gated [claim-1]}}
  // expected-note @+1 {{the other claim}}
  claim @a says "device_memory = 20 GB" source modelled
  // expected-error @+1 {{device_memory cannot be both 20 GB (claim 'a') and 42.3 GB (claim 'b') [claim-11]}}
  claim @b says "device_memory = 42.3 GB" source modelled
  claim @c says "device_memory < 64 GB" source modelled
}

// -----

moe.plan @claim_11_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-remark @+1 {{4 of 4 claims cannot be verified; not known: model.gated [claim-1]}}
  claim @a says "device_memory = 42 GB" source modelled
  claim @b says "device_memory = 42.3 GB" source modelled
  claim @c says "device_memory = 15 GB .. 42 GB" source modelled
  claim @d says "device_memory >= 40 GB" source modelled
}
