// Layers that predict further tokens have an output head each. In training the
// stage of the output head applies it; in decode layers draft in turns, the first
// over all tokens that are verified.
// RUN: moe-opt %s --split-input-file --moe-decide-pipeline --moe-partition | FileCheck %s

// CHECK-LABEL: moe.plan @training
// CHECK: func.func @stage0
// CHECK: moe.compute experts layer 1
// CHECK: %[[MODEL:.*]] = moe.combine
// CHECK: moe.compute mtp layer 2(%[[MODEL]])
// CHECK: %[[PREDICTED:.*]] = moe.combine
// CHECK: %[[SENT:.*]] = shard.send %[[MODEL]] {{.*}} tensor<512x1024xbf16>
// CHECK: %[[BESIDE:.*]] = shard.send %[[PREDICTED]] {{.*}} tensor<512x1024xbf16>
// CHECK: return %[[SENT]], %[[BESIDE]]
// CHECK: func.func @stage1
// CHECK: %[[FIRST:.*]] = shard.recv
// CHECK: %[[SECOND:.*]] = shard.recv
// CHECK: %[[LOGITS:.*]] = moe.compute output(%[[FIRST]])
// CHECK: %[[MORE:.*]] = moe.compute output(%[[SECOND]])
// CHECK: return %[[LOGITS]], %[[MORE]] : tensor<512x32000xbf16>, tensor<512x32000xbf16>
moe.plan @training {
  cluster @cluster world_size 4
  model @model hidden 1024 vocab 32000 layers 2 mtp_layers 1 gated true {
    layers @sparse 0 to 2 {
      attention heads 16 kv_heads 8 head_size 64
      experts count 16 top_k 2 width 512
    }
  }
  workload @workload mode train sequence_length 512 micro_batch 1 global_batch 8
  parallelism @parallelism pp 2 ep 2 etp 1 layout "Ettm|L"
}

// -----

// CHECK-LABEL: moe.plan @drafts
// CHECK: func.func @stage0
// CHECK: %[[MODEL:.*]] = moe.combine
// CHECK: %[[LOGITS:.*]] = moe.compute output(%[[MODEL]]) {{.*}} -> tensor<192x32000xbf16>
// CHECK: moe.compute mtp layer 1(%[[MODEL]]) {{.*}} -> tensor<192x1024xbf16>
// CHECK: %[[FIRST:.*]] = moe.combine
// CHECK: %[[ONE:.*]] = moe.compute output(%[[FIRST]]) {{.*}} -> tensor<64x32000xbf16>
// CHECK: moe.compute mtp layer 1(%[[FIRST]]) {{.*}} -> tensor<64x1024xbf16>
// CHECK: %[[SECOND:.*]] = moe.combine
// CHECK: %[[TWO:.*]] = moe.compute output(%[[SECOND]]) {{.*}} -> tensor<64x32000xbf16>
// CHECK: return %[[LOGITS]], %[[ONE]], %[[TWO]]
moe.plan @drafts {
  cluster @cluster world_size 8
  model @model hidden 1024 vocab 32000 layers 1 mtp_layers 1 gated true {
    layers @sparse 0 to 1 {
      attention heads 16 kv_heads 8 head_size 64
      experts count 16 top_k 2 width 512
    }
  }
  workload @workload mode decode batch 64 context_length 4096 draft_tokens 2 acceptance "0.8"
  parallelism @parallelism ep 8 etp 1
}
