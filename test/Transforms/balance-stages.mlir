// Layers are split so that stages take equally long: the first stage has the
// embedding and cheap dense layers, the last one a large output head.
// RUN: moe-opt %s --split-input-file --moe-derive-meshes --moe-balance-stages | FileCheck %s
// RUN: moe-opt %s --split-input-file --moe-derive-meshes --moe-derive-stages --moe-balance-stages | FileCheck %s
// RUN: moe-opt %s --split-input-file --moe-derive-meshes --moe-balance-stages --remarks-filter='moe.*' -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// The head takes as long as eight layers; earlier stages have more in flight.
// CHECK-LABEL: moe.plan @head
// CHECK: parallelism @parallelism {{.*}}layout "Et*3|t*5|t*8|L"
// CHECK: pipeline @stages of @model on @attention schedule one_f_one_b {
// CHECK-NEXT: stage 0 layers [0 to 3] embedding
// CHECK-NEXT: stage 1 layers [3 to 8]
// CHECK-NEXT: stage 2 layers [8 to 16]
// CHECK-NEXT: stage 3 layers [16 to 16] output
// REMARK: remark: {{.*}}Passed{{.*}}balance-stages{{.*}}FullestStageBeforeBytes={{[0-9]+}}, FullestStageBytes={{[0-9]+}}, Remark="layout Et*3|t*5|t*8|L", SlowestStageBeforeUs={{[0-9]+}}, SlowestStageUs={{[0-9]+}}
moe.plan @head {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 1024 vocab 200000 layers 16 gated true {
    layers @dense 0 to 16 {
      attention heads 16 kv_heads 16 head_size 64
      ffn width 4096
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 4 global_batch 64 cuda_graph ["full"]
  parallelism @parallelism tp 2 pp 4
}

// -----

// Chunks of a stage are as many, whatever its ends are.
// CHECK-LABEL: moe.plan @chunks
// CHECK: schedule interleaved {
// CHECK-NEXT: stage 0 layers [0 to {{[0-9]+}}, {{[0-9]+}} to {{[0-9]+}}] embedding
// CHECK: output
moe.plan @chunks {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 1024 vocab 200000 layers 16 mtp_layers 1 gated true {
    layers @dense 0 to 2 {
      attention heads 16 kv_heads 16 head_size 64
      ffn width 1024
    }
    layers @sparse 2 to 16 {
      attention heads 16 kv_heads 16 head_size 64
      experts count 8 top_k 2 width 2048
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 4 global_batch 64 cuda_graph ["full"]
  parallelism @parallelism tp 2 pp 2 vpp 2 ep 2 etp 1
}

// -----

// Where nothing is gained, or nothing is known, a plan keeps its layout.
// CHECK-LABEL: moe.plan @even
// CHECK-NOT: layout
// CHECK: cluster
// REMARK: remark: {{.*}}Missed{{.*}}one stage has all layers
moe.plan @even {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8
  model @model hidden 1024 vocab 1000 layers 16 gated true {
    layers @dense 0 to 16 {
      attention heads 16 kv_heads 16 head_size 64
      ffn width 4096
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 4 global_batch 64
  parallelism @parallelism tp 2
}

// -----

// REMARK: remark: {{.*}}Missed{{.*}}the cost of a stage needs {{[0-9]+}} figures that the plan does not give
moe.plan @unknown {
  cluster @cluster world_size 2
  model @model layers 8 {}
  parallelism @parallelism pp 2
}

// -----

// REMARK: remark: {{.*}}Missed{{.*}}no split of the layers fits the memory of the GPUs
moe.plan @full {
  cluster @cluster gpu "H100" nodes 1 gpus_per_node 8 gpu_memory "3 GB"
  model @model hidden 1024 vocab 200000 layers 16 gated true {
    layers @dense 0 to 16 {
      attention heads 16 kv_heads 16 head_size 64
      ffn width 4096
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 4 global_batch 64
  parallelism @parallelism tp 2 pp 4
}
