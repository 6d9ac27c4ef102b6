// A recording has a count for each expert, in one row or in one for each layer.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @balance_6_experts {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 4
  model @model hidden 4096 vocab 32000 layers 4 gated true {
    // expected-note @+1 {{the layers are declared here}}
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 8 top_k 2 width 14336
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 64
  parallelism @parallelism tp 1 pp 1 ep 4 etp 1
  // expected-error @+1 {{the load of @sparse holds counts of 9 experts, the layers have 8 [balance-6]}}
  load @load of @model::@sparse = dense<1> : tensor<4x9xi64>
}

// -----

moe.plan @balance_6_layers {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 4
  model @model hidden 4096 vocab 32000 layers 4 gated true {
    // expected-note @+1 {{the layers are declared here}}
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 8 top_k 2 width 14336
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 64
  parallelism @parallelism tp 1 pp 1 ep 4 etp 1
  // expected-error @+1 {{the load of @sparse holds counts of 3 layers, the run has 4 [balance-6]}}
  load @load of @model::@sparse = dense<1> : tensor<3x8xi64>
}

// -----

moe.plan @balance_6_holds {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 4
  model @model hidden 4096 vocab 32000 layers 4 gated true {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 8 top_k 2 width 14336
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 64
  parallelism @parallelism tp 1 pp 1 ep 4 etp 1
  load @load of @model::@sparse = dense<1> : tensor<8xi64>
}
