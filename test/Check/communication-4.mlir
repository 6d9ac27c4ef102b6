// The target for communication secures the claimed latency.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @communication_4 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-warning @+2 {{the target < 1 ms lets 96 collectives of a forward pass take 96 ms, more than the latency of 64 ms (claim 'a') [communication-4]}}
  // expected-note @+1 {{if 1 ms is meant for all together, each has 10.42 us}}
  target @communication_latency "< 1 ms"
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: workload.mode = prefill or decode [claim-1]}}
  claim @a says "latency = 64 ms" source modelled
}

// -----

moe.plan @communication_4_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  target @communication_latency "< 0.5 ms"
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: workload.mode = prefill or decode [claim-1]}}
  claim @a says "latency = 64 ms" source modelled
}
