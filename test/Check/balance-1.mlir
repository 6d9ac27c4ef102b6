// Unequal counts are a note inside the policy for the imbalance and a warning
// outside.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @balance_1_policy {
  cluster @cluster world_size 3
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+2 {{64 experts here}}
    // expected-note @+1 {{63 or 66 experts would divide, but that is another trained model; 66 slots leave this one as it is}}
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 255
  // expected-warning @+3 {{64 experts do not divide over ep = 3: 64 / 3 = 21.33 on each rank, and experts are whole [experts-2]}}
  // expected-note @+2 {{set 'experts.slots_per_rank' to 22: 66 slots, 2 redundant replicas, the trained model unchanged}}
  // expected-note @+1 {{so experts per rank are 22, 21, 21: max/mean 1.031, variance 0.222 (population), 0.333 (sample) [balance-1]}}
  parallelism @parallelism ep 3
  stated {
    expert_counts [22, 21, 21]
  }
  policy @imbalance "<= 1.02"
}

// -----

moe.plan @balance_1_default {
  cluster @cluster world_size 3
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+2 {{8 experts here}}
    // expected-note @+1 {{6 or 9 experts would divide, but that is another trained model; 9 slots leave this one as it is}}
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 8 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 255
  // expected-error @+3 {{8 experts do not divide over ep = 3: 8 / 3 = 2.67 on each rank, and experts are whole [experts-2]}}
  // expected-note @+2 {{set 'experts.slots_per_rank' to 3: 9 slots, 1 redundant replica, the trained model unchanged}}
  // expected-note @+1 {{so experts per rank are 3, 3, 2: max/mean 1.125, variance 0.222 (population), 0.333 (sample) [balance-1]}}
  parallelism @parallelism ep 3
}

// -----

moe.plan @balance_1_holds {
  cluster @cluster world_size 4
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism ep 4
}
