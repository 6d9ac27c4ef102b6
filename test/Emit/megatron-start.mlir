// What Megatron-LM asserts when it starts (validate_args of
// megatron/training/arguments.py) is in its flags, and what it refuses is not.
// RUN: moe-translate --emit-megatron-flags --split-input-file %s | FileCheck %s

// Chunks of latent attention and one expert a token, computed again as a whole;
// an even load is assumed, not forced.

// CHECK: # In its environment: CUDA_DEVICE_MAX_CONNECTIONS=8; Megatron-FSDP refuses 1
// CHECK: --pipeline-model-parallel-size 2
// CHECK: --moe-router-topk 1
// CHECK-NEXT: --moe-router-pre-softmax
// CHECK: {{^}}--position-embedding-type rope
// CHECK: {{^}}--disable-bias-linear
// CHECK-NEXT: --seq-length 4096
// CHECK-NEXT: --max-position-embeddings 4096
// CHECK: --recompute-granularity full
// CHECK-NEXT: # Computed again by whole chunks of a stage
// CHECK-NOT: --recompute-method
// CHECK: --use-megatron-fsdp
// CHECK: --use-distributed-optimizer
// CHECK-NEXT: --overlap-param-gather
// CHECK-NEXT: --overlap-grad-reduce
// CHECK-NEXT: # The plan states no dispatcher;
// CHECK-NEXT: --moe-token-dispatcher-type alltoall
// CHECK-NEXT: --moe-grouped-gemm
// CHECK-NEXT: # not expressed: routing balanced;
// CHECK-NEXT: # --moe-router-force-load-balancing
// CHECK-NEXT: --overlap-moe-expert-parallel-comm
// CHECK-EMPTY:
moe.launch @overlapped world_size 8 gpus_per_host 8 {
  host 0 ranks [0, 1, 2, 3, 4, 5, 6, 7]
  coordinates @attention <pp = 2, dp = 2, tp = 2>
  coordinates @expert <pp = 2, ep = 2, etp = 2>
  stage 0 layers [0 to 1, 2 to 3] embedding
  stage 1 layers [1 to 2, 3 to 4] output
  expert_slots @sparse layers 0 to 4 experts 2 shards 2 table dense<[[0], [1]]> : tensor<2x1xi32>
  model @model layers 4 {
    layers @sparse 0 to 4 {
      attention heads 4 kv_lora_rank 64
      experts count 2 top_k 1
    }
  }
  workload @workload sequence_length 4096 recompute ["full"] ep_overlap true routing balanced optimizer <name = "adamw", sharding = fsdp>
}

// -----

// Overlaps that have nothing to overlap, and Muon.

// CHECK-NOT: In its environment
// CHECK: --recompute-method uniform
// CHECK: --optimizer muon
// CHECK-NEXT: --ckpt-format torch
// CHECK-NEXT: # not expressed: optimizer sharding fsdp; Megatron-LM's muon runs without FSDP
// CHECK-NOT: --use-
// CHECK: # not expressed: ep_overlap true; no ranks exchange tokens
// CHECK-NEXT: # not expressed: tp_overlap true; no ranks gather and scatter
// CHECK-EMPTY:
moe.launch @alone world_size 1 gpus_per_host 1 {
  host 0 ranks [0]
  workload @workload recompute ["full"] ep_overlap true tp_overlap true optimizer <name = "muon", sharding = fsdp>
}

// -----

// A pipeline of one chunk a stage: it starts with the one queue that tensor
// parallelism wants.

// CHECK: # In its environment: CUDA_DEVICE_MAX_CONNECTIONS=1; Megatron-LM does not start without it
// CHECK: --moe-token-dispatcher-type alltoall
// CHECK: # not expressed: ep_overlap true; in a pipeline Megatron-LM overlaps the chunks of a stage with each other, and there is one
// CHECK-NOT: --overlap-moe
moe.launch @chunks world_size 8 gpus_per_host 8 {
  host 0 ranks [0, 1, 2, 3, 4, 5, 6, 7]
  coordinates @attention <pp = 2, dp = 2, tp = 2>
  coordinates @expert <pp = 2, edp = 2, ep = 2>
  stage 0 layers [0 to 1] embedding
  stage 1 layers [1 to 2] output
  expert_slots @sparse layers 0 to 2 experts 2 shards 1 table dense<[[0], [1]]> : tensor<2x1xi32>
  workload @workload dispatcher alltoall ep_overlap true
}
