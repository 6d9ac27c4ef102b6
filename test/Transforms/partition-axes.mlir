// Context parallelism gathers keys and values, expert-tensor parallelism
// gathers rows, and dropping tokens sets the rows that a rank sends.
// RUN: moe-opt %s --split-input-file --moe-decide-pipeline --moe-partition | FileCheck %s

// CHECK-LABEL: moe.plan @context
// CHECK: moe.view @attention on @world <pp = [], dp = [0], cp = [1], tp = []>
// CHECK: %[[KV:.*]] = moe.compute key_value layer 0({{.*}} -> tensor<1024x512xbf16>
// CHECK: %[[ALL:.*]] = shard.all_gather %[[KV]] on @world grid_axes = [1] gather_axis = 0 : tensor<1024x512xbf16> -> tensor<2048x512xbf16>
// CHECK: moe.compute attention layer 0(%{{.*}}, %[[ALL]])
moe.plan @context {
  cluster @cluster world_size 4
  model @model hidden 1024 vocab 32000 layers 1 gated true {
    layers @dense 0 to 1 {
      attention heads 16 kv_heads 4 head_size 64
      ffn width 4096
    }
  }
  workload @workload mode train sequence_length 2048 micro_batch 1
  parallelism @parallelism cp 2
}

// -----

// Ranks that exchange heads compute queries, keys and values of their tokens, 16
// + 2 x 4 heads of 64, and attention of half of the heads over all tokens.
// CHECK-LABEL: moe.plan @heads
// CHECK: %[[QKV:.*]] = moe.compute query_key_value layer 0({{.*}} -> tensor<1024x1536xbf16>
// CHECK: %[[HEADS:.*]] = shard.all_to_all %[[QKV]] on @world grid_axes = [1] split_axis = 1 concat_axis = 0 : tensor<1024x1536xbf16> -> tensor<2048x768xbf16>
// CHECK: %[[OUT:.*]] = moe.compute attention layer 0(%[[HEADS]]) {{.*}} -> tensor<2048x512xbf16>
// CHECK: %[[BACK:.*]] = shard.all_to_all %[[OUT]] on @world grid_axes = [1] split_axis = 0 concat_axis = 1 : tensor<2048x512xbf16> -> tensor<1024x1024xbf16>
// CHECK: moe.compute attention_output layer 0(%[[BACK]])
moe.plan @heads {
  cluster @cluster world_size 4
  model @model hidden 1024 vocab 32000 layers 1 gated true {
    layers @dense 0 to 1 {
      attention heads 16 kv_heads 4 head_size 64
      ffn width 4096
    }
  }
  workload @workload mode train sequence_length 2048 micro_batch 1 cp_comm_type a2a
  parallelism @parallelism cp 2
}

// -----

// 1280 = 1.25 x 2048 tokens x 2 experts / 4 ranks; two ranks share an expert.
// CHECK-LABEL: moe.plan @expert_tensor
// CHECK: %[[IN:.*]] = moe.dispatch {{.*}} -> tensor<4x1280x1024xbf16>
// CHECK: %[[ROWS:.*]] = shard.all_gather %[[IN]] {{.*}} gather_axis = 1 : tensor<4x1280x1024xbf16> -> tensor<4x2560x1024xbf16>
// CHECK: %[[OUT:.*]] = moe.compute experts layer 0(%[[ROWS]])
// CHECK: shard.reduce_scatter %[[OUT]] {{.*}} scatter_axis = 1
moe.plan @expert_tensor {
  cluster @cluster world_size 8
  model @model hidden 1024 vocab 32000 layers 1 gated true {
    layers @sparse 0 to 1 {
      attention heads 16 kv_heads 4 head_size 64
      experts count 8 top_k 2 width 512
    }
  }
  workload @workload mode train sequence_length 2048 micro_batch 1 capacity_factor "1.25"
  parallelism @parallelism ep 4 etp 2
}

// -----

// Figures that nobody stated are unknown, not guessed.
// CHECK-LABEL: moe.plan @unknown
// CHECK: moe.compute attention layer 0({{.*}}) work <weights = ?, {{.*}}> : (tensor<?x1024xbf16>) -> tensor<?x1024xbf16>
// CHECK: moe.route {{.*}} -> !moe.routing<? x ?>
// CHECK: moe.dispatch {{.*}} -> tensor<64x?x1024xbf16>
moe.plan @unknown {
  cluster @cluster world_size 64
  model @model hidden 1024 layers 1 {
    layers @sparse 0 to 1 { experts count 64 }
  }
  parallelism @parallelism rule product ep 64
}

// -----

// The dp of attention has cp between its dimensions, that of the experts ep.
// CHECK-LABEL: moe.plan @product
// CHECK: shard.grid @world(shape = 2x2x2x2)
// CHECK: moe.view @attention on @world <pp = [], dp = [0, 1], cp = [2], tp = [3]>
// CHECK: moe.view @expert on @world <pp = [], edp = [0, 2], ep = [1], etp = [3]>
moe.plan @product {
  cluster @cluster world_size 16
  model @model hidden 1024 vocab 32000 layers 1 gated true {
    layers @sparse 0 to 1 {
      attention heads 16 kv_heads 4 head_size 64
      experts count 8 top_k 2 width 4096
    }
  }
  workload @workload mode train sequence_length 2048 micro_batch 1
  parallelism @parallelism rule product tp 2 cp 2 ep 2 etp 1
}
