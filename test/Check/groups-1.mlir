// Stated groups have the size and the number that the degrees imply, in the
// whole job or in one stage.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @groups_1_size framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-note @+1 {{tp = 2 (stated)}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    // expected-error @+1 {{tp = 2 gives 8 groups of 2 (4 in each of 2 stages), stated are 8 groups of 4 [groups-1]}}
    groups axis tp count 8 size 4
  }
}

// -----

moe.plan @groups_1_exchanged framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-note @+2 {{ep = 4 (stated)}}
  // expected-note @+1 {{8 groups of 2 are the tp groups}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    // expected-error @+1 {{ep = 4 gives 4 groups of 4 (2 in each of 2 stages), stated are 8 groups of 2 [groups-1]}}
    groups axis ep count 8 size 2
  }
}

// -----

moe.plan @groups_1_count framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-note @+1 {{tp = 2 (stated)}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  stated {
    // expected-error @+1 {{tp = 2 gives 8 groups of 2 (4 in each of 2 stages), stated are 2 groups [groups-1]}}
    groups axis tp count 2
  }
}

// -----

moe.plan @groups_1_holds framework megatron {
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
    groups axis tp count 8 size 2
    groups axis tp count 4 size 2
    groups axis ep size 4
  }
}
