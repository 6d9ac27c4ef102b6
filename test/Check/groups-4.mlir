// Expert-parallel groups do not straddle NVLink domains, nor nodes where these
// are larger.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @groups_4_rack framework megatron {
  // expected-note @+1 {{nvlink_domain = 72 (GB200: NVL72 rack: 18 hosts of 4 GPUs, 72 GPUs behind NVSwitch)}}
  cluster @cluster gpu "GB200" nodes 36 gpus_per_node 4
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 288
  // expected-warning @+2 {{ep groups of 16 straddle NVLink domains of 72 GPUs: ranks 64 to 79 are 8 of one and 8 of the next [groups-4]}}
  // expected-note @+1 {{with 64 ranks in each of the NVLink domains no group would}}
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

// Twice 64 ranks: jobs fill racks evenly.
moe.plan @groups_4_even_racks framework megatron {
  cluster @cluster gpu "GB200" nodes 32 gpus_per_node 4
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 1 ep 16 etp 1
}

// -----

// Three racks, and groups of one and a half.
moe.plan @groups_4_wide framework megatron {
  // expected-note @+1 {{nvlink_domain = 72 (GB200: NVL72 rack: 18 hosts of 4 GPUs, 72 GPUs behind NVSwitch)}}
  cluster @cluster gpu "GB200" nodes 54 gpus_per_node 4
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 216 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 216
  // expected-warning @+1 {{ep groups of 108 straddle NVLink domains of 72 GPUs: ranks 0 to 107 are 72 of one and 36 of the next [groups-4]}}
  parallelism @parallelism tp 1 ep 108 etp 1
}

// -----

// Whole racks.
moe.plan @groups_4_whole_racks framework megatron {
  cluster @cluster gpu "GB200" nodes 72 gpus_per_node 4
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 288 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 288
  parallelism @parallelism tp 1 ep 144 etp 1
}

// -----

moe.plan @groups_4_node framework megatron {
  // expected-note @+1 {{gpus_per_node = 8 (stated)}}
  cluster @cluster gpu "H100" nodes 36 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 48 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 288
  // expected-warning @+1 {{ep groups of 12 straddle nodes of 8 GPUs: ranks 0 to 11 are 8 of one and 4 of the next [groups-4]}}
  parallelism @parallelism tp 1 ep 12 etp 1
}

// -----

// Members 2 ranks apart: a group takes 12 neighbours.
moe.plan @groups_4_stride framework megatron {
  // expected-note @+1 {{gpus_per_node = 8 (stated)}}
  cluster @cluster gpu "H100" nodes 36 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 48 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 288
  // expected-remark @+3 {{with etp = 2 each rank holds 1/2 of 8 experts}}
  // expected-note @+2 {{etp = 2 (stated)}}
  // expected-warning @+1 {{ep groups of 6, 2 ranks apart, straddle nodes of 8 GPUs: ranks 0 to 11 are 8 of one and 4 of the next [groups-4]}}
  parallelism @parallelism tp 2 ep 6 etp 2
}
