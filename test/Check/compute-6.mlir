// A claimed rate of computation over a claimed throughput is the work of a token.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

  // expected-remark @+1 {{6 figures are not stated, and what needs them was not checked: model.vocab_size, model.num_experts_per_tok, model.moe_intermediate_size, cluster.gpus_per_node, workload.batch, workload.context_length [input-1]}}
moe.plan @compute_6 {
  cluster @cluster gpu "own" world_size 128 gpu_memory "64 GB" peak_bf16 "400 TFLOPS"
  model @model hidden 1024 layers 16 {
    layers @sparse 0 to 16 {
      attention heads 8 kv_heads 8 head_size 128
      experts count 64
    }
  }
  workload @workload mode decode
  // expected-remark @+2 {{with etp = 2 each rank holds 1/2 of 1 expert per layer, 64 / (64 x 2) = 0.5 experts; 16 halves = 8 expert-equivalents over 16 layers [balance-2]}}
  // expected-note @+1 {{etp = 2 (product rule: tp splits the experts too)}}
  parallelism @parallelism rule product ep 64 tp 2
  // expected-note @+2 {{the throughput}}
  // expected-remark @+1 {{2 of 2 claims cannot be verified; not known: model.vocab_size, model.gated, model.num_experts_per_tok, model.moe_intermediate_size, cluster.memory_bandwidth, cluster.intra_node, cluster.inter_node, workload.context_length, workload.batch [claim-1]}}
  claim @rate says "throughput >= 450000 tokens/s" source modelled
  // expected-error @+2 {{device_compute = 0.09 TFLOPS (claim 'work') over 128 GPUs at >= 450000 tokens/s (claim 'rate') is 25.6 MFLOP for a token, 5.243 times less than attention alone takes: at least 134.2 MFLOP [compute-6]}}
  // expected-note @+1 {{attention 134.2 MFLOP, forward}}
  claim @work says "device_compute = 0.09 TFLOPS" source modelled
}

// -----

  // expected-remark @+1 {{6 figures are not stated, and what needs them was not checked: model.vocab_size, model.num_experts_per_tok, model.moe_intermediate_size, cluster.gpus_per_node, workload.batch, workload.context_length [input-1]}}
moe.plan @compute_6_holds {
  cluster @cluster gpu "own" world_size 128 gpu_memory "64 GB" peak_bf16 "400 TFLOPS"
  model @model hidden 1024 layers 16 {
    layers @sparse 0 to 16 {
      attention heads 8 kv_heads 8 head_size 128
      experts count 64
    }
  }
  workload @workload mode decode
  // expected-remark @+2 {{with etp = 2 each rank holds 1/2 of 1 expert per layer, 64 / (64 x 2) = 0.5 experts; 16 halves = 8 expert-equivalents over 16 layers [balance-2]}}
  // expected-note @+1 {{etp = 2 (product rule: tp splits the experts too)}}
  parallelism @parallelism rule product ep 64 tp 2
  // expected-remark @+1 {{2 of 2 claims cannot be verified; not known: model.vocab_size, model.gated, model.num_experts_per_tok, model.moe_intermediate_size, cluster.memory_bandwidth, cluster.intra_node, cluster.inter_node, workload.context_length, workload.batch [claim-1]}}
  claim @rate says "throughput >= 450000 tokens/s" source modelled
  claim @work says "device_compute = 0.6 TFLOPS" source modelled
}
