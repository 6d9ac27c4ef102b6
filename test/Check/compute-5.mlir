// A claimed throughput needs no more than all GPUs compute; what is known of the
// model is a lower bound.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @compute_5 {
  cluster @cluster gpu "own" world_size 3 gpu_memory "640 GB" peak_bf16 "400 TFLOPS"
  model @model hidden 4096 vocab 50000 layers 24 gated false {
    layers @sparse 0 to 24 {
      attention heads 32 kv_heads 32 head_size 128
      experts count 63 top_k 1 width 16384
    }
  }
  workload @workload mode prefill sequence_length 1024 batch 64
  parallelism @parallelism rule product ep 3
  // expected-error @+5 {{a throughput of 312 samples/s (claim 'rate') x 1024 tokens needs 3.283 PFLOP/s, 2.736 times the dense peak of 3 GPUs, 1.2 PFLOP/s [compute-5]}}
  // expected-note @+4 {{10.27 GFLOP for a token: the experts 6.442 GFLOP + attention 3.423 GFLOP + the output head 409.6 MFLOP, forward}}
  // expected-note @+3 {{at its peak the hardware does at most 116.8 ktokens/s (114.1 samples/s), at 320 TFLOPS (claim 'work') 93.43 ktokens/s (91.24 samples/s)}}
  // expected-note @+2 {{the throughput}}
  // expected-remark @+1 {{2 of 2 claims cannot be verified; not known: cluster.memory_bandwidth, cluster.intra_node, cluster.inter_node [claim-1]}}
  claim @rate says "throughput = 312 samples/s" source modelled
  // expected-error @+2 {{device_compute = 320 TFLOPS (claim 'work') over 3 GPUs at 312 samples/s (claim 'rate') x 1024 tokens is 3.005 GFLOP for a token, 3.419 times less than a token takes: 10.27 GFLOP [compute-6]}}
  // expected-note @+1 {{the experts 6.442 GFLOP + attention 3.423 GFLOP + the output head 409.6 MFLOP, forward}}
  claim @work says "device_compute = 320 TFLOPS" source modelled
}

// -----

// Training takes three times the forward pass.
  // expected-remark @+1 {{1 figure is not stated, and what needs it was not checked: model.num_experts_per_tok [input-1]}}
moe.plan @compute_5_parts framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-error @+4 {{a throughput of >= 200000 tokens/s/GPU (claim 'rate') x 16 GPUs needs at least 46.14 PFLOP/s, 2.916 times the dense peak of 16 GPUs, 15.82 PFLOP/s [compute-5]}}
  // expected-note @+3 {{14.42 GFLOP for the parts of the model that are known: attention 3.758 GFLOP + the output head 1.049 GFLOP, forward; three times that with backward}}
  // expected-note @+2 {{at its peak the hardware does at most 1.097 Mtokens/s (267.9 samples/s)}}
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: model.gated, model.num_experts_per_tok [claim-1]}}
  claim @rate says "throughput >= 200000 tokens/s/GPU" source modelled
}

// -----

  // expected-remark @+1 {{1 figure is not stated, and what needs it was not checked: model.num_experts_per_tok [input-1]}}
moe.plan @compute_5_holds framework megatron {
  cluster @cluster gpu "H100" nodes 16 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: model.gated, model.num_experts_per_tok [claim-1]}}
  claim @rate says "throughput = 5000 tokens/s/GPU" source modelled
}
