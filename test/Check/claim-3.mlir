// A range whose end one quotient is promises more than there is.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @claim_3 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-note @+2 {{10 x would need 150000 in place of 120000}}
  // expected-error @+1 {{claim 'a' is true at one end only: 120000 / 15000 is 8 x: 8 x holds, 10 x does not [claim-3]}}
  claim @a says "120000 / 15000 = 8 x .. 10 x"
}

// -----

moe.plan @claim_3_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  claim @a says "120000 / 15000 = 8 x .. 8 x"
  claim @between says "1 - 7 ms / 20 ms = 60 % .. 70 %"
}
