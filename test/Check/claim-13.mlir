// What is called optimal was compared.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @claim_13 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 4
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 2 kv_heads 2 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism ep 4 etp 1 tp 2
  // Of tp 1 or 2, pp 1, 2, 4 or 8 and ep 1, 2 or 4 these fit 8 ranks: with pp 1
  // all 2 x 3, with pp 2 all 2 x 3, with pp 4 2 x 2, with pp 8 one.
  // expected-warning @+1 {{the words of claim 'a' call the plan optimal, but it is compared with no other: 16 other choices of ep, tp and pp would fit 8 ranks, 4 experts and 32 layers [claim-13]}}
  claim @a says "tp = 2" quote "the theoretically optimal parallel strategy"
}

// -----

moe.plan @claim_13_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 4
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 2 kv_heads 2 head_size 128
      experts count 4 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism ep 4 etp 1 tp 2
  claim @a says "tp = 2" quote "achieving the optimal 60-70% range, after a suboptimal plan"
}
