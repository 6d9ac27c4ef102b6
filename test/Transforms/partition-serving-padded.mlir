// Tokens that do not divide over the tensor-parallel ranks are padded, as servers do;
// each rank dispatches an equal share.
// RUN: moe-opt %s --moe-decide-pipeline --moe-partition | FileCheck %s

// CHECK-LABEL: func.func @stage0(
// CHECK: shard.all_slice {{.*}} slice_axis = 0 : tensor<9x1024xbf16> -> tensor<3x1024xbf16>
// CHECK: shard.all_gather {{.*}} gather_axis = 0 : tensor<3x1024xbf16> -> tensor<9x1024xbf16>
moe.plan @padded {
  cluster @cluster world_size 6
  model @model hidden 1024 vocab 32000 layers 1 gated true {
    layers @sparse 0 to 1 {
      attention heads 12 kv_heads 6 head_size 64
      experts count 12 top_k 2 width 512
    }
  }
  workload @workload mode decode batch 7 context_length 4096
  parallelism @parallelism tp 3 ep 6 etp 1
}
