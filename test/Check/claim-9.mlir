// Throughput times latency is what is in flight.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @claim_9_too_many framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 ep 4 etp 1
  // expected-note @+2 {{the latency is claimed here}}
  // expected-remark @+1 {{2 of 2 claims cannot be verified; not known: workload.mode = prefill or decode, model.gated [claim-1]}}
  claim @lat says "latency = 2 s" source modelled
  // expected-error @+4 {{a throughput of 2.6 Mtokens/s (claim 'thr') needs at least 37.49 PFLOP/s, 2.369 times the dense peak of 16 GPUs, 15.82 PFLOP/s [compute-5]}}
  // expected-note @+3 {{14.42 GFLOP for the parts of the model that are known: attention 3.758 GFLOP + the output head 1.049 GFLOP, forward; three times that with backward}}
  // expected-note @+2 {{at its peak the hardware does at most 1.097 Mtokens/s (267.9 samples/s)}}
  // expected-error @+1 {{a throughput of 2.6 Mtokens/s (claim 'thr') with a latency of 2 s (claim 'lat') means 1269.5 sequences in flight, which is 4.96 times the global batch 256 [claim-9]}}
  claim @thr says "throughput = 2.6 Mtokens/s" source modelled
}

// -----

moe.plan @claim_9_pipelined framework megatron {
  cluster @cluster gpu "H100" nodes 4 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-note @+2 {{the latency is claimed here}}
  // expected-remark @+1 {{2 of 2 claims cannot be verified; not known: workload.mode = prefill or decode, model.gated [claim-1]}}
  claim @lat says "latency = 2.0 s" source modelled
  // expected-warning @+1 {{a throughput of 150 samples/s (claim 'thr') with a latency of 2.0 s (claim 'lat') means 300 samples in flight, which is 1.17 times the global batch 256; with pp = 2 that is possible, but not declared [claim-9]}}
  claim @thr says "throughput = 150 samples/s" source modelled
}

// -----

moe.plan @claim_9_one_layer framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-note @+2 {{the latency is claimed here}}
  // expected-remark @+1 {{2 of 2 claims cannot be verified; not known: workload.mode = prefill or decode, model.gated [claim-1]}}
  claim @lat says "layer_latency = 2.1 ms" source modelled
  // expected-error @+4 {{a throughput of 121905 samples/s (claim 'thr') x 4096 tokens needs at least 7.2 EFLOP/s, 455 times the dense peak of 16 GPUs, 15.82 PFLOP/s [compute-5]}}
  // expected-note @+3 {{14.42 GFLOP for the parts of the model that are known: attention 3.758 GFLOP + the output head 1.049 GFLOP, forward; three times that with backward}}
  // expected-note @+2 {{at its peak the hardware does at most 1.097 Mtokens/s (267.9 samples/s)}}
  // expected-error @+1 {{a throughput of 121905 samples/s (claim 'thr') is that of one layer, global batch 256 / 2.1 ms (claim 'lat'); through 32 layers it is 3809.5 samples/s [claim-9]}}
  claim @thr says "throughput = 121905 samples/s" source modelled
}

// -----

  // expected-remark @+1 {{1 figure is not stated, and what needs it was not checked: workload.global_batch [input-1]}}
moe.plan @claim_9_undeclared framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-remark @+2 {{2 of 2 claims cannot be verified; not known: workload.mode = prefill or decode, model.gated, workload.global_batch [claim-1]}}
  // expected-note @+1 {{the latency is claimed here}}
  claim @lat says "latency = 0.008 s" source modelled
  // expected-error @+4 {{a throughput of 120000 sequences/s (claim 'thr') x 4096 tokens needs at least 7.088 EFLOP/s, 447.9 times the dense peak of 16 GPUs, 15.82 PFLOP/s [compute-5]}}
  // expected-note @+3 {{14.42 GFLOP for the parts of the model that are known: attention 3.758 GFLOP + the output head 1.049 GFLOP, forward; three times that with backward}}
  // expected-note @+2 {{at its peak the hardware does at most 1.097 Mtokens/s (267.9 samples/s)}}
  // expected-remark @+1 {{a throughput of 120000 sequences/s (claim 'thr') with a latency of 0.008 s (claim 'lat') means 960 sequences in flight, 60 for each of 16 ranks, and no batch is declared [claim-9]}}
  claim @thr says "throughput = 120000 sequences/s" source modelled
}

// -----

moe.plan @claim_9_none framework megatron {
  cluster @cluster gpu "H100" nodes 4 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-remark @+1 {{2 of 2 claims cannot be verified; not known: workload.mode = prefill or decode, model.gated [claim-1]}}
  claim @lat says "latency = 2.0 s" source modelled
  claim @thr says "throughput = 128 samples/s" source modelled
}
