// A claimed share of the peak was reached before.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @compute_2 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-warning @+2 {{the target compute_utilization 75 % .. 85 % is 75 % of the dense peak, more than any published training of an MoE model reaches: 52.2 % [compute-2]}}
  // expected-note-re @+1 {{{{^}}Mixtral-8x22B on 128 H100}}
  target @compute_utilization "75 % .. 85 %"
  // expected-remark @+3 {{1 of 1 claim cannot be verified; not known: model.gated [claim-1]}}
  // expected-warning @+2 {{mfu = 80 % is 80 % of the dense peak, more than any published training of an MoE model reaches: 52.2 % [compute-2]}}
  // expected-note-re @+1 {{{{^}}Mixtral-8x22B on 128 H100}}
  claim @a says "mfu = 80 %" source modelled
}

// -----

moe.plan @compute_2_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision fp8
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  target @compute_utilization "< 75 %"
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: model.gated [claim-1]}}
  claim @a says "mfu = 66 %" source modelled
}

// -----

moe.plan @compute_2_throughput framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-warning-re @+3 {{a throughput of 600000 tokens/s (claim 'a') takes at least {{.*}} TFLOP/s per GPU, which is {{.*}} % of the dense peak, more than any published training of an MoE model reaches: 52.2 % [compute-2]}}
  // expected-note-re @+2 {{{{^}}Mixtral-8x22B on 128 H100}}
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: model.gated [claim-1]}}
  claim @a says "throughput = 600000 tokens/s" source modelled
}
