// A decoded layer has time for its token exchange.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @communication_5 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode batch 8 context_length 4096
  parallelism @parallelism ep 16
  // expected-remark @+3 {{1 of 1 claim cannot be verified; not known: model.gated [claim-1]}}
  // expected-warning @+2 {{a latency of < 4 ms (claim 'a') leaves 125 us for each of 32 layers; published for dispatch and combine over ep = 16 are 313 us, 2.5 times that [communication-5]}}
  // expected-note @+1 {{DeepEP on H800 over RDMA: 128 tokens a rank, hidden size 7168}}
  claim @a says "tpot < 4 ms" source modelled
}

// -----

moe.plan @communication_5_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode batch 8 context_length 4096
  parallelism @parallelism ep 16
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: model.gated [claim-1]}}
  claim @a says "tpot < 40 ms" source modelled
}
