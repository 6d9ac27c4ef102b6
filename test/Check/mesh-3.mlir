// Attention and experts are on the same pipeline stage: the kept axes of folded
// meshes group the same ranks.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

moe.plan @mesh_3 framework megatron {
  cluster @cluster gpu "H100" nodes 4 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  // expected-error @+2 {{the pp groups of the attention mesh (pp = 2, 4 ranks apart) and of the expert mesh (pp = 2, neighbouring ranks) differ [mesh-3]}}
  // expected-note @+1 {{set 'parallelism.order' to "tp-cp-ep-dp-pp": pipeline stages are then the same ranks for attention and experts}}
  parallelism @parallelism tp 4 pp 2 ep 4 etp 1 order "tp-pp-cp-ep-dp"
}

// -----

moe.plan @mesh_3_decided framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  // expected-error @+1 {{the pp groups of mesh @attention (pp = 2, 8 ranks apart) and of mesh @expert (pp = 2, 4 ranks apart) differ [mesh-3]}}
  mesh @expert <edp = 2, pp = 2, ep = 4> on @cluster folds @attention keeping <pp>
}

// -----

moe.plan @mesh_3_absent framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <dp = 8, tp = 2> on @cluster
  // expected-error @+1 {{mesh @expert keeps pp, which mesh @attention does not have [mesh-3]}}
  mesh @expert <edp = 2, pp = 2, ep = 4> on @cluster folds @attention keeping <pp>
}

// -----

moe.plan @mesh_3_holds framework megatron {
  cluster @cluster gpu "H100" nodes 2 gpus_per_node 8
  model @model hidden 4096 vocab 128000 layers 32 {
    layers @sparse 0 to 32 {
      attention heads 32 kv_heads 8 head_size 128
      experts count 64 top_k 8 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
  mesh @attention <pp = 2, dp = 4, tp = 2> on @cluster
  mesh @expert <pp = 2, edp = 2, ep = 4> on @cluster folds @attention keeping <pp>
}
