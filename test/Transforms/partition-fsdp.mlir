// Fully sharded training gathers the weights of a stage for the forward and for
// the backward pass, and scatters gradients in the number format they are kept in.
// RUN: moe-opt %s --moe-decide-pipeline --moe-partition | FileCheck %s

// 8 ranks hold a share each of the dense parameters, 2 one of the experts'.
// CHECK-LABEL: func.func @stage0_gradients(
// CHECK-SAME: %[[DENSE:[^:]*]]: tensor<[[ALL:[0-9]+]]xbf16>, %[[SHARE:[^:]*]]: tensor<[[PART:[0-9]+]]xbf16>, %[[EXPERTS:[^:]*]]: tensor<[[ALLX:[0-9]+]]xbf16>, %[[SHAREX:[^:]*]]: tensor<[[PARTX:[0-9]+]]xbf16>
// CHECK-NEXT: shard.all_gather %[[SHARE]] on @world grid_axes = [0, 1] gather_axis = 0 : tensor<[[PART]]xbf16> -> tensor<[[ALL]]xbf16>
// CHECK-NEXT: shard.all_gather %[[SHARE]] on @world grid_axes = [0, 1]
// CHECK-NEXT: shard.reduce_scatter %[[DENSE]] on @world grid_axes = [0, 1] scatter_axis = 0 : tensor<[[ALL]]xbf16> -> tensor<[[PART]]xbf16>
// CHECK-NEXT: shard.all_gather %[[SHAREX]] on @world grid_axes = [0] gather_axis = 0 : tensor<[[PARTX]]xbf16> -> tensor<[[ALLX]]xbf16>
// CHECK-NEXT: shard.all_gather %[[SHAREX]] on @world grid_axes = [0]
// CHECK-NEXT: shard.reduce_scatter %[[EXPERTS]] on @world grid_axes = [0]
// CHECK-NEXT: return
moe.plan @fsdp {
  cluster @cluster nodes 1 gpus_per_node 8
  model @model hidden 1024 vocab 32000 layers 2 gated true {
    layers @sparse 0 to 2 {
      attention heads 16 kv_heads 8 head_size 64
      experts count 8 top_k 2 width 1024
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 64
    optimizer <gradients = bf16, sharding = fsdp>
  parallelism @parallelism ep 4 etp 1
}
