// What Megatron-LM has no flag for is said in a comment, and nothing of a plan
// gets out of that.
// RUN: moe-translate --emit-megatron-flags --split-input-file %s | FileCheck %s

// CHECK: # In its environment: CUDA_DEVICE_MAX_CONNECTIONS=1; Megatron-LM does not start
// CHECK-NEXT: --tensor-model-parallel-size 2
// CHECK: --expert-tensor-parallel-size 1
// CHECK-NEXT: --num-layers 4
// CHECK-NEXT: --hidden-size 64
// CHECK-NEXT: --num-attention-heads 4
// CHECK-NEXT: # not expressed: a norm over the queries and keys of all heads
// CHECK-NEXT: --ffn-hidden-size 256
// CHECK-NEXT: --untie-embeddings-and-output-weights
// CHECK-NEXT: # not expressed: layers 2 to 3 have another attention
// CHECK-NEXT: # not expressed: layers 2 to 3 have another feed-forward block than layers 0 to 1
// CHECK-NEXT: # not expressed: the vision --swiglu $(touch x), which has no figures in the plan
// CHECK-NEXT: --bf16
// CHECK-NEXT: --fp4-format e2m1
// CHECK-NEXT: --fp4-recipe nvfp4
// CHECK-NEXT: # not expressed: optimizer name lion; Megatron-LM has adam, sgd and muon
// CHECK-NEXT: # not expressed: optimizer moments fp8; that needs Adam and --use-distributed-optimizer
// CHECK-NEXT: # not expressed: optimizer gradients fp16; --main-grads-dtype has fp32 and bf16
// CHECK-NEXT: --sequence-parallel
// CHECK-NEXT: --tp-comm-overlap
// CHECK-EMPTY:
moe.launch @differing world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <tp = 2>
  coordinates @expert <edp = 2>
  communicator @tp along <tp> groups <1:2> members <2:1> runs [reduce_scatter, all_gather]
  model @model hidden 64 layers 4 gated false not_described ["the vision\0A--swiglu $(touch x)"] {
    layers @dense 0 to 2 {
      attention heads 4 qk_norm per_layer
      ffn width 256
    }
    layers @dense_2 2 to 4 {
      attention heads 8
      ffn width 128
    }
  }
  workload @workload precision nvfp4 tp_overlap true optimizer <name = "lion", moments = fp8, gradients = fp16>
}

// -----

// A server's workload has no flags; the model has them all the same.

// CHECK: --num-layers 2
// CHECK: # not expressed: mode decode; the training script only trains
// CHECK-NOT: --micro-batch-size
moe.launch @serving world_size 1 gpus_per_host 1 {
  host 0 ranks [0]
  model @model layers 2 {}
  workload @workload mode decode batch 8 context_length 1024
}

// -----

// Main parameters in fp16 make the optimizer precision-aware, and gradients with
// it; a capacity in percent is a factor.

// CHECK: --num-experts 4
// CHECK-NEXT: --moe-router-topk 2
// CHECK: --fp16
// CHECK: --use-precision-aware-optimizer
// CHECK-NEXT: --main-params-dtype fp16
// CHECK-NEXT: --grad-reduce-in-bf16
// CHECK-NEXT: --main-grads-dtype bf16
// CHECK-NEXT: --moe-token-dispatcher-type alltoall
// CHECK-NEXT: # Megatron-LM groups the products of experts in bf16 alone
// CHECK-NEXT: --moe-expert-capacity-factor 1.25
moe.launch @sparse world_size 1 gpus_per_host 1 {
  host 0 ranks [0]
  expert_slots @sparse layers 0 to 2 experts 4 shards 1 table dense<[[0, 1, 2, 3]]> : tensor<1x4xi32>
  model @model layers 2 {
    layers @sparse 0 to 2 { experts count 4 top_k 2 }
  }
  workload @workload precision fp16 dispatcher alltoall capacity_factor "125 %" optimizer <gradients = bf16, master = fp16, sharding = distributed>
}
