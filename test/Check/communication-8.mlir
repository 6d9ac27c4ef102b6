// Tensor-parallel ranks sum activations, stages hand them on.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @communication_8_wrong framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode batch 8 context_length 4096
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    // expected-error @+1 {{ranks that share a layer sum its activations, by all_reduce or by reduce_scatter and all_gather, stated is all_to_all over tp [communication-8]}}
    collective all_to_all axis tp
    // expected-error @+1 {{a stage hands its activations to the next one, stated is all_gather over pp [communication-8]}}
    collective all_gather axis pp
    // expected-error @+1 {{a stage hands its activations to the next one, stated is all_reduce over pp [communication-8]}}
    collective all_reduce axis pp
  }
}

// -----

moe.plan @communication_8_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode decode batch 8 context_length 4096
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    collective all_reduce axis tp
    collective reduce_scatter for "sequence parallelism" axis tp
    collective send_recv axis pp
    collective all_reduce for "loss" axis pp
    collective all_to_all axis ep
  }
}
