// Serving has no sequence parallelism: blocks sum over tp, each rank dispatches
// its part of the tokens, and there are no gradients.
// RUN: moe-opt %s --moe-decide-pipeline --moe-partition | FileCheck %s

// CHECK-LABEL: func.func @stage0(
// CHECK: moe.compute attention
// CHECK: %[[SUM:.*]] = shard.all_reduce {{.*}} grid_axes = [1]
// CHECK: %[[PART:.*]] = shard.all_slice %[[SUM]] on @world grid_axes = [1] slice_axis = 0 : tensor<64x1024xbf16> -> tensor<32x1024xbf16>
// CHECK: moe.dispatch %[[PART]]
// CHECK: %[[BACK:.*]] = moe.combine
// CHECK: %[[ROUTED:.*]] = shard.all_gather %[[BACK]] on @world grid_axes = [1] gather_axis = 0 : tensor<32x1024xbf16> -> tensor<64x1024xbf16>
// CHECK: moe.compute shared_experts layer 0(%[[SUM]])
// CHECK: %[[SHARED:.*]] = shard.all_reduce
// CHECK: arith.addf %[[ROUTED]], %[[SHARED]]
// CHECK-NOT: gradients
moe.plan @serving {
  cluster @cluster world_size 8
  model @model hidden 1024 vocab 32000 layers 1 gated true {
    layers @sparse 0 to 1 {
      attention heads 16 kv_heads 8 head_size 64
      experts count 16 top_k 2 width 512 shared 1 shared_width 512
    }
  }
  workload @workload mode decode batch 64 context_length 4096
  parallelism @parallelism tp 2 ep 8 etp 1
}
