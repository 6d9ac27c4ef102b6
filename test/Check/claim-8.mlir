// A file that is named as a source is there.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @claim_8 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-warning @+1 {{claim 'a' is taken from 'verify_deployment.py', which is not beside the plan: nobody can look it up [claim-8]}}
  claim @a says "world_size = 16" quote "16 available (from verify_deployment.py)"
}

// -----

moe.plan @claim_8_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  claim @a says "world_size = 16" quote "16, as in claim-8.mlir, v1.5 and e.g. elsewhere"
  claim @b says "gpus = 16" quote "see Inputs/rule_pages.py"
}
