// A training plan becomes one function per stage, with sequence parallelism
// around the blocks, the exchange of tokens, and the gradients of the stage.
// RUN: moe-opt %s --moe-decide-pipeline --moe-partition | FileCheck %s

// CHECK: shard.grid @world(shape = 2x2x2x2)
// CHECK-NEXT: moe.view @attention on @world <pp = [0], dp = [1, 2], cp = [], tp = [3]>
// CHECK-NEXT: moe.view @expert on @world <pp = [0], edp = [1], ep = [2, 3], etp = []>

// The first stage embeds, and every rank keeps its half of the sequence.
// CHECK-LABEL: func.func @stage0(
// CHECK-SAME: %[[IDS:.*]]: tensor<4096xi32>) -> tensor<2048x6144xbf16>
// CHECK: %[[EMBEDDED:.*]] = moe.compute embedding(%[[IDS]]) work <weights = 98304000
// CHECK: %[[X:.*]] = shard.reduce_scatter %[[EMBEDDED]] on @world grid_axes = [3] scatter_axis = 0
// CHECK: %[[ALL:.*]] = shard.all_gather %[[X]] on @world grid_axes = [3] gather_axis = 0 : tensor<2048x6144xbf16> -> tensor<4096x6144xbf16>
// CHECK: %[[ATT:.*]] = moe.compute attention layer 0(%[[ALL]])
// CHECK: %[[MINE:.*]] = shard.reduce_scatter %[[ATT]] on @world grid_axes = [3]
// CHECK: %[[ROUTING:.*]] = moe.route %[[MINE]] experts 8 work <weights = 55296, {{.*}}> : tensor<2048x6144xbf16> -> !moe.routing<2048 x 2>
// 1024 = 2048 tokens x 2 experts / 4 ranks.
// CHECK: %[[IN:.*]] = moe.dispatch %[[MINE]] by %[[ROUTING]] on @world grid_axes = [2, 3] placement @mixtral::@experts_sparse dropless
// CHECK-SAME: tensor<4x1024x6144xbf16>
// CHECK: %[[OUT:.*]] = moe.compute experts layer 0(%[[IN]])
// CHECK: %[[BACK:.*]] = moe.combine %[[OUT]] by %[[ROUTING]]
// CHECK: %[[SENT:.*]] = shard.send %[[BACK]] on @world grid_axes = [0] destination = [1]
// CHECK: return %[[SENT]]

// Dense gradients are summed over dp, those of experts over edp.
// CHECK-LABEL: func.func @stage0_gradients(
// CHECK: shard.reduce_scatter {{.*}} grid_axes = [1, 2]
// CHECK: shard.all_gather {{.*}} grid_axes = [1, 2]
// CHECK: shard.reduce_scatter {{.*}} grid_axes = [1]
// CHECK: shard.all_gather {{.*}} grid_axes = [1]

// The last stage receives and ends in logits, split over tp.
// CHECK-LABEL: func.func @stage1(
// CHECK: shard.recv {{.*}} grid_axes = [0] source = [0]
// CHECK: moe.compute output({{.*}} -> tensor<4096x16000xbf16>
moe.plan @mixtral {
  cluster @cluster nodes 2 gpus_per_node 8
  model @model hidden 6144 vocab 32000 layers 2 gated true {
    layers @sparse 0 to 2 {
      attention heads 48 kv_heads 8 head_size 128
      experts count 8 top_k 2 width 16384
    }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1 global_batch 256
    optimizer <sharding = distributed>
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}
