// Formats and predicted tokens that Megatron-LM refuses.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @framework_5_predictions framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 mtp_layers 2 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.ep_overlap' to false: Megatron-LM starts then}}
  // expected-error @+1 {{Megatron-LM overlaps the exchange of models with one layer of multi-token prediction at most [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_one_prediction framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 mtp_layers 1 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_single_precision framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.ep_overlap' to false: Megatron-LM starts then}}
  // expected-error @+1 {{Megatron-LM overlaps the exchange of models in bf16 or fp16 only [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision fp32 ep_overlap true dispatcher alltoall
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_half_precision framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-note @+2 {{set 'workload.precision' to "bf16": Megatron-LM starts then}}
  // expected-error @+1 {{Megatron-LM refuses expert parallelism in fp16 [framework-5]}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision fp16
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

moe.plan @framework_5_half_precision_alone framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 precision fp16
  parallelism @parallelism tp 8 ep 1 etp 8
}
