// Gradients exist in training and are summed over the data-parallel axis.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @communication_2_serving framework megatron {
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
    // expected-error @+1 {{a decode plan has no gradients, stated is all_reduce over tp for 'gradient synchronization' [communication-2]}}
    collective all_reduce for "gradient synchronization" axis tp
  }
}

// -----

moe.plan @communication_2_axis framework megatron {
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
    // expected-error @+1 {{gradients are summed over the data-parallel axis, stated is all_reduce over tp for 'gradients' [communication-2]}}
    collective all_reduce for "gradients" axis tp
  }
}

// -----

moe.plan @communication_2_kind framework megatron {
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
    // expected-error @+1 {{gradients are summed, by all_reduce or by reduce_scatter, stated is all_to_all over dp for 'gradients' [communication-2]}}
    collective all_to_all for "gradients" axis dp
  }
}

// -----

moe.plan @communication_2_holds framework megatron {
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
    collective all_reduce for "gradients" axis dp
  }
}
