// The share of ranks in use is not how busy they are.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @claim_10 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-note @+1 {{ranks in use are stated here}}
  stated utilized_ranks "16 of 16" {
  }
  // expected-remark @+2 {{2 of 2 claims cannot be verified; measured, not implied by a plan: gpu_utilization [claim-1]}}
  // expected-error @+1 {{gpu_utilization is 100 % (claim 'a'), which is the share of ranks in use, "16 of 16"; how busy they are is another number, for which gpu_utilization is >= 95 % (claim 'b') [claim-10]}}
  claim @a says "gpu_utilization = 100 %" source assumed
  claim @b says "gpu_utilization >= 95 %" source assumed
}

// -----

moe.plan @claim_10_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated utilized_ranks "16 of 16" {
  }
  // expected-remark @+1 {{1 of 1 claim cannot be verified; measured, not implied by a plan: gpu_utilization [claim-1]}}
  claim @b says "gpu_utilization >= 95 %" source assumed
}
