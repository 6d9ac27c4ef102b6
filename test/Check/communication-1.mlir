// Tokens reach their experts by all-to-all, or by the all-gather dispatcher
// that is named as such.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @communication_1 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism ep 16 etp 1
  stated {
    // expected-error @+1 {{ep = 16 takes 2 all_to_all per MoE layer, dispatch and combine, stated is all_gather over ep; 64 per forward pass over 32 layers [communication-1]}}
    collective all_gather axis ep
  }
}

// -----

moe.plan @communication_1_purpose framework megatron {
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
    // expected-error @+1 {{ep = 4 takes 2 all_to_all per MoE layer, dispatch and combine, stated is all_reduce for 'expert routing'; 64 per forward pass over 32 layers [communication-1]}}
    collective all_reduce for "expert routing"
  }
}

// -----

moe.plan @communication_1_gather framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 dispatcher allgather
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    collective all_gather axis ep
  }
}

// -----

moe.plan @communication_1_holds framework megatron {
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
    collective all_to_all axis ep
    collective all_reduce axis tp
  }
}
