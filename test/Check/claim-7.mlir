// What is called validated is recomputed or has a source.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @claim_7 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-error @+3 {{the words of claim 'a' speak of "Validated", but its number is assumed [claim-7]}}
  // expected-error @+4 {{the words of claim 'b' speak of "verified", but its number has no source and is false [claim-7]}}
  // expected-remark @+1 {{1 of 2 claims cannot be verified; not known: workload.mode = decode [claim-1]}}
  claim @a says "tpot = 2 ms" quote "| Performance | Validated |" source assumed
  // expected-error @+1 {{claim 'b' is false: 64 * 2 is 128, not 64 [claim-2]}}
  claim @b says "64 * 2 = 64" quote "verified: 64 GPUs"
}

// -----

moe.plan @claim_7_none framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-remark @+1 {{2 of 3 claims cannot be verified; not known: workload.mode = decode, workload.mode = prefill [claim-1]}}
  claim @a says "tpot = 2 ms" quote "Validated on 16 GPUs" source measured
  claim @b says "ttft = 2 s" quote "invalidated before" source modelled
  claim @c says "64 * 2 = 128" quote "Verified"
}
