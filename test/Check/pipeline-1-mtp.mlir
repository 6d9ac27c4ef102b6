// Multi-token prediction follows the layers, in one chunk, the last of its stage.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @mtp_behind_layers framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model type "deepseek_v3" hidden 4096 vocab 128000 layers 32 mtp_layers 2 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+1 {{the layout has 't' behind 'm' [pipeline-1]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 layout "Et*16|mmt*16L"
}

// -----

moe.plan @mtp_in_one_chunk framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model type "deepseek_v3" hidden 4096 vocab 128000 layers 32 mtp_layers 2 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+1 {{the layout has 'm' in 2 chunks [pipeline-1]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 layout "Et*32m|mL"
}

// -----

moe.plan @mtp_in_a_last_chunk framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model type "deepseek_v3" hidden 4096 vocab 128000 layers 32 mtp_layers 2 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+1 {{the layout has 'm' in chunk 1, which is not the last of its stage [pipeline-1]}}
  parallelism @parallelism tp 2 pp 2 vpp 2 ep 4 etp 1 layout "Et*20|t*12mm||L"
}

// -----

moe.plan @mtp_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model type "deepseek_v3" hidden 4096 vocab 128000 layers 32 mtp_layers 2 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 4 ep 2 etp 1 layout "Et*16|t*16|mm|L"
}
