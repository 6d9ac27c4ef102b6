// Ranks that exchange heads for tokens get equally many of them.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @heads_3 framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    // expected-note @+1 {{4 key-value heads here, over tp = 2}}
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 4 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 cp_comm_type a2a
  // expected-note @+3 {{set 'parallelism.cp' to 2: 2 divides 2}}
  // expected-note @+2 {{set 'parallelism.cp' to 1: 1 divides 2}}
  // expected-error @+1 {{2 key-value heads of a rank cannot be dealt out over cp = 4 by an all-to-all [heads-3]}}
  parallelism @parallelism tp 2 cp 4 pp 2 ep 1 etp 1
}

// -----

moe.plan @heads_3_ring framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 4 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 cp_comm_type p2p
  parallelism @parallelism tp 2 cp 4 pp 2 ep 1 etp 1
}

// -----

moe.plan @heads_3_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 4 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256 cp_comm_type a2a
  parallelism @parallelism tp 2 cp 2 pp 2 ep 1 etp 1
}
