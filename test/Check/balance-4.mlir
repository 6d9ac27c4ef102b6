// The slots hold every expert.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @balance_4 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+1 {{64 experts here}}
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  // expected-error @+2 {{ep x slots_per_rank = 4 x 15 = 60 slots cannot hold 64 experts [balance-4]}}
  // expected-note @+1 {{set 'experts.slots_per_rank' to 16: 64 slots, 0 redundant replicas, the trained model unchanged}}
  distribution @experts slots_per_rank 15
}

// -----

moe.plan @balance_4_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  distribution @experts slots_per_rank 16
}
