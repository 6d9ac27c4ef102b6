// Recorded loads under the placement: what the busiest rank costs, what a
// placement by load would reach, and what more slots would.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

// With equal shares rank 2 has 30 + 30 + 50 / 2 = 85 of 200 tokens in layer 0.
moe.plan @balance_7_order {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 4
  model @model hidden 4096 vocab 32000 layers 4 gated true {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 8 top_k 2 width 14336
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 64
  parallelism @parallelism tp 1 pp 1 ep 4 etp 1
  // expected-warning-re @+2 {{the busiest rank gets 1.700 times the mean in layer 0, 1.400 times over all recorded layers, which costs {{.*}}s of a step of {{.*}}s; `moec balance` reaches 1.000 [balance-7]}}
  // expected-note @+1 {{set 'experts.placement' to "balanced": places the experts by load: 1.000 in the worst layer}}
  distribution @experts slots_per_rank 3 dispatch even
  // expected-note @+1 {{rank 2 of the expert-parallel ranks, which serves most tokens of expert 6}}
  load @load of @model::@sparse = dense<[[50, 30, 10, 10, 20, 20, 30, 30], [30, 20, 25, 25, 25, 25, 25, 25], [30, 20, 25, 25, 25, 25, 25, 25], [30, 20, 25, 25, 25, 25, 25, 25]]> : tensor<4x8xi64>
}

// -----

// Half of the tokens are for one expert: without a copy of it nothing helps.
moe.plan @balance_7_hot {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 4
  model @model hidden 4096 vocab 32000 layers 4 gated true {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 8 top_k 2 width 14336
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 64
  parallelism @parallelism tp 1 pp 1 ep 4 etp 1
  // expected-warning-re @+2 {{the busiest rank gets 2.167 times the mean, which costs {{.*}}s of a step of {{.*}}s; no placement in these slots is below 2.167 [balance-7]}}
  // expected-note-re @+1 {{set 'experts.slots_per_rank' to 3: 12 slots, at least 8 + 4 - 1, give every rank exactly the mean; {{.*}}B more on a rank}}
  distribution @experts placed balanced
  // expected-note @+1 {{rank 0 of the expert-parallel ranks, which serves most tokens of expert 0}}
  load @load of @model::@sparse = dense<[60, 10, 10, 10, 10, 10, 5, 5]> : tensor<8xi64>
}

// -----

// A policy allows more.
moe.plan @balance_7_policy {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 4
  model @model hidden 4096 vocab 32000 layers 4 gated true {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 8 top_k 2 width 14336
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 64
  parallelism @parallelism tp 1 pp 1 ep 4 etp 1
  policy @imbalance "<= 1.7"
  load @load of @model::@sparse = dense<[[50, 30, 10, 10, 20, 20, 30, 30], [30, 20, 25, 25, 25, 25, 25, 25], [30, 20, 25, 25, 25, 25, 25, 25], [30, 20, 25, 25, 25, 25, 25, 25]]> : tensor<4x8xi64>
}

// -----

// Routing that is forced to be even leaves nothing to balance.
moe.plan @balance_7_forced {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 4
  model @model hidden 4096 vocab 32000 layers 4 gated true {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 8 top_k 2 width 14336
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 64 routing balanced
  parallelism @parallelism tp 1 pp 1 ep 4 etp 1
  load @load of @model::@sparse = dense<[[50, 30, 10, 10, 20, 20, 30, 30], [30, 20, 25, 25, 25, 25, 25, 25], [30, 20, 25, 25, 25, 25, 25, 25], [30, 20, 25, 25, 25, 25, 25, 25]]> : tensor<4x8xi64>
}

// -----

// A decided table that pairs the wrong experts; a rule takes its place.
// expected-warning-re @+2 {{the busiest rank gets 1.400 times the mean, which costs {{.*}}s of a step of {{.*}}s; `moec balance` reaches 1.000 [balance-7]}}
// expected-note @+1 {{set 'experts.placement' to "balanced": places the experts by load: 1.000 in the worst layer}}
moe.plan @balance_7_table {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 4
  model @model hidden 4096 vocab 32000 layers 4 gated true {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 8 top_k 2 width 14336
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 64
  parallelism @parallelism tp 1 pp 1 ep 4 etp 1
  // expected-note @+1 {{rank 0 of the expert-parallel ranks, which serves most tokens of expert 0}}
  load @load of @model::@sparse = dense<[40, 30, 20, 10, 20, 30, 40, 10]> : tensor<8xi64>
  placement @table of @model::@sparse slots 2 table dense<[[0, 1], [2, 3], [4, 5], [6, 7]]> : tensor<4x2xi32>
}

// -----

// What more slots would reach where the experts are not placed by load.
// expected-warning-re @+2 {{the busiest rank gets 1.600 times the mean, which costs {{.*}}s of a step of {{.*}}s; no placement in these slots is below 1.200, which `moec balance` aims at [balance-7]}}
// expected-note-re @+1 {{placed by load, 3 slots a rank leave nothing: 12 slots, at least 8 + 4 - 1, give every rank exactly the mean; {{.*}}B more on a rank}}
moe.plan @balance_7_slots {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 4
  model @model hidden 4096 vocab 32000 layers 4 gated true {
    layers @sparse 0 to 4 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 8 top_k 2 width 14336
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 64
  parallelism @parallelism tp 1 pp 1 ep 4 etp 1
  // expected-note @+1 {{rank 0 of the expert-parallel ranks, which serves most tokens of expert 0}}
  load @load of @model::@sparse = dense<[50, 30, 10, 10, 20, 20, 30, 30]> : tensor<8xi64>
}
