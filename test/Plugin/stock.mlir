// A stock mlir-opt with the plugin reads and lowers plans as moe-opt does.
// REQUIRES: stock-mlir-opt
// RUN: %stock_mlir_opt %s --load-dialect-plugin=%plugin --load-pass-plugin=%plugin \
// RUN:   --pass-pipeline='builtin.module(moe-lower-pipeline)' > %t.stock
// RUN: moe-opt %s --moe-lower-pipeline > %t.own
// RUN: diff %t.stock %t.own
// RUN: FileCheck %s < %t.stock

// CHECK: moe.launch {{.*}}world_size 2
moe.plan @demo {
  cluster @cluster nodes 1 gpus_per_node 2
  model @model layers 4 {
    layers @sparse 0 to 4 {
      experts count 4 top_k 2
    }
  }
  workload @workload mode train sequence_length 128 micro_batch 1 global_batch 2
  parallelism @parallelism ep 2
}
