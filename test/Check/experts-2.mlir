// ep divides the experts. Replicas are suggested before another model; a stated
// uneven split is only warned of.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @experts_2 {
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
  // expected-error @+4 {{64 experts do not divide over ep = 3: 64 / 3 = 21.33 on each rank, and experts are whole [experts-2]}}
  // expected-note @+3 {{set 'experts.slots_per_rank' to 22: 66 slots, 2 redundant replicas, the trained model unchanged}}
  // expected-remark @+2 {{experts per rank are 22, 21, 21: max/mean 1.031, variance 0.222 (population), 0.333 (sample) [balance-1]}}
  // expected-note @+1 {{equal counts are not yet equal load: that needs recorded loads ('experts.loads')}}
  parallelism @parallelism ep 3
}

// -----

moe.plan @experts_2_stated {
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
  // expected-warning @+4 {{64 experts do not divide over ep = 3: 64 / 3 = 21.33 on each rank, and experts are whole [experts-2]}}
  // expected-note @+3 {{set 'experts.slots_per_rank' to 22: 66 slots, 2 redundant replicas, the trained model unchanged}}
  // expected-remark @+2 {{experts per rank are 22, 21, 21: max/mean 1.031, variance 0.222 (population), 0.333 (sample) [balance-1]}}
  // expected-note @+1 {{equal counts are not yet equal load: that needs recorded loads ('experts.loads')}}
  parallelism @parallelism ep 3
  stated {
    expert_counts [22, 21, 21]
  }
}

// -----

moe.plan @experts_2_holds {
  cluster @cluster world_size 3
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 255
  parallelism @parallelism ep 3
  distribution @experts slots_per_rank 22
}
