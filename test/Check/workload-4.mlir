// The workload belongs to the mode of the plan.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @workload_4_serving framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-warning @+2 {{a decode plan keeps no optimizer states [workload-4]}}
  // expected-warning @+1 {{'global_batch' belongs to training, a decode plan does not use it [workload-4]}}
  workload @workload mode decode batch 8 context_length 4096 global_batch 64 optimizer <name = "adamw">
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @workload_4_training framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-warning @+2 {{'context_length' belongs to decode, a train plan does not use it [workload-4]}}
  // expected-note @+1 {{remove 'workload.context_length': a train plan does not use it}}
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 context_length 4096
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

// expected-remark @+1 {{1 figure is not stated, and what needs it was not checked: workload.mode [input-1]}}
moe.plan @workload_4_no_mode framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  // expected-warning @+1 {{an optimizer is described, but the plan has no mode: training also keeps gradients, serving keeps a KV cache and no optimizer [workload-4]}}
  workload @workload sequence_length 4096 micro_batch 1 global_batch 256 optimizer <name = "adamw">
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

moe.plan @workload_4_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 optimizer <name = "adamw">
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
