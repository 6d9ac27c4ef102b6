// The order names every axis once.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @mesh_6_missing framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+1 {{the order 'tp-cp-dp-pp' leaves out 'ep' [mesh-6]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 order "tp-cp-dp-pp"
}

// -----

moe.plan @mesh_6_unknown framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+1 {{the order 'tp-cp-ep-dp-pq' names 'pq', expected 'tp', 'cp', 'ep', 'dp' or 'pp', did you mean 'pp'? [mesh-6]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 order "tp-cp-ep-dp-pq"
}

// -----

moe.plan @mesh_6_twice framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+1 {{the order 'tp-tp-cp-ep-dp-pp' names 'tp' twice [mesh-6]}}
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 order "tp-tp-cp-ep-dp-pp"
}

// -----

moe.plan @mesh_6_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1 order "tp-cp-ep-dp-pp"
}
