// Where a collective's dimensions alone would be taken for those of another
// axis, it says what it is for; elsewhere it says nothing.
// RUN: moe-opt %s --moe-decide-pipeline --moe-partition | FileCheck %s
// RUN: moe-opt %s --moe-decide-pipeline --moe-partition | FileCheck %s --check-prefix GRADIENTS

// CHECK-LABEL: moe.plan @folded
// CHECK: shard.all_gather {{.*}} gather_axis = 0 : tensor<512x1024xbf16> -> tensor<2048x1024xbf16>
// CHECK: %[[IN:.*]] = moe.dispatch
// CHECK-NEXT: %[[ROWS:.*]] = shard.all_gather %[[IN]] on @world grid_axes = [{{.*}}] gather_axis = 1 {moe.axis = "etp"}
// CHECK: %[[OUT:.*]] = moe.compute experts layer 0(%[[ROWS]])
// CHECK-NEXT: shard.reduce_scatter %[[OUT]] {{.*}} scatter_axis = 1 {moe.axis = "etp"}
// GRADIENTS-LABEL: @stage0_gradients
// GRADIENTS: shard.all_reduce
// GRADIENTS-NOT: moe.axis
moe.plan @folded {
  cluster @cluster world_size 16
  model @model hidden 1024 vocab 32000 layers 1 gated true {
    layers @sparse 0 to 1 {
      attention heads 16 kv_heads 4 head_size 64
      experts count 8 top_k 2 width 512
    }
  }
  workload @workload mode train sequence_length 2048 micro_batch 1
  parallelism @parallelism tp 4 ep 2 etp 4
}
