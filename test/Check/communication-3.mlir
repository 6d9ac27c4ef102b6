// Stated collectives fit the claimed latency.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @communication_3 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    // expected-error @+3 {{32 layers of 2 ms all_reduce over tp + 3 ms all_to_all over ep take 160 ms in series over 2 stages, more than the latency of 110 ms (claim 'a') [communication-3]}}
    // expected-note @+2 {{with 3 micro-batches in flight over 2 stages it would fit: 80 ms x (3 + 1) / 3}}
    // expected-note @+1 {{side by side the collectives of a layer would still take 96 ms}}
    collective all_reduce axis tp time "2 ms" per "layer"
    collective all_to_all axis ep time "3 ms" per "layer"
  }
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: workload.mode = prefill or decode [claim-1]}}
  claim @a says "latency = 110 ms" source modelled
}

// -----

moe.plan @communication_3_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    collective all_reduce axis tp time "2 ms" per "step"
    collective all_to_all axis ep time "3 ms" per "layer"
  }
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: workload.mode = prefill or decode [claim-1]}}
  claim @a says "latency = 110 ms" source modelled
}

// -----

// Collectives over ep are those of layers with experts.
moe.plan @communication_3_dense_layer framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @dense 0 to 2 {
      attention heads 32 kv_heads 8 head_size 128
      ffn width 8192
    }
    layers @sparse 2 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 ep 4 etp 1
  stated {
    // expected-error @+1 {{30 MoE layers of 3 ms all_to_all over ep take 90 ms, more than the latency of 60 ms (claim 'a') [communication-3]}}
    collective all_to_all axis ep time "3 ms" per "layer"
  }
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: workload.mode = prefill or decode [claim-1]}}
  claim @a says "latency = 60 ms" source modelled
}

// -----

moe.plan @communication_3_both framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @dense 0 to 2 {
      attention heads 32 kv_heads 8 head_size 128
      ffn width 8192
    }
    layers @sparse 2 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 ep 4 etp 1
  stated {
    // expected-error @+2 {{32 layers, 30 with experts, of 2 ms all_reduce over tp + 3 ms all_to_all over ep take 154 ms, more than the latency of 60 ms (claim 'a') [communication-3]}}
    // expected-note @+1 {{side by side the collectives of a layer would still take 90 ms}}
    collective all_reduce axis tp time "2 ms" per "layer"
    collective all_to_all axis ep time "3 ms" per "layer"
  }
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: workload.mode = prefill or decode [claim-1]}}
  claim @a says "latency = 60 ms" source modelled
}
