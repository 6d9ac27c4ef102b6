// Equal memory takes equal modules.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @balance_5 framework megatron {
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
    // expected-note @+1 {{stated here}}
    module "embedding" ranks "0-1"
    module "experts" ranks "0-15"
  }
  // expected-remark @+2 {{2 of 2 claims cannot be verified; not known: model.gated [claim-1]}}
  // expected-error @+1 {{claim 'a' says that all ranks use the same memory, but only ranks 0-1 of 16 hold 'embedding': 524.3 MB more, 1.262 times the claimed 2 GB [balance-5]}}
  claim @a says "memory_imbalance = 1" source modelled
  claim @b says "device_memory = 2 GB" source modelled
}

// -----

moe.plan @balance_5_none framework megatron {
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
    module "embedding" ranks "0-15"
    module "tokenization" device "host"
  }
  // expected-remark @+1 {{1 of 1 claim cannot be verified; not known: model.gated [claim-1]}}
  claim @a says "memory_imbalance = 1" source modelled
}
