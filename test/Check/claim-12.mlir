// What scales linearly has room to scale.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @claim_12 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 16 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-remark @+1 {{16 ranks satisfy the folded rule}}
  parallelism @parallelism ep 16 etp 1 tp 2
  // expected-remark @+2 {{1 of 1 claim cannot be verified; not known: a baseline of another size [claim-1]}}
  // expected-warning @+1 {{weak_scaling is claimed as 100 % (claim 'a'), but ep = 16 is all of the 16 expert slots of a layer: more GPUs take no experts but redundant ones [claim-12]}}
  claim @a says "weak_scaling = 100 %" source measured
}

// -----

moe.plan @claim_12_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-remark @+1 {{2 of 2 claims cannot be verified; not known: a baseline of another size [claim-1]}}
  claim @a says "weak_scaling = 100 %" source measured
  claim @b says "strong_scaling = 95 %" source measured
}
