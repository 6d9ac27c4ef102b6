// Megatron-LM overlaps the exchange of tokens where nothing of the job is in its
// way, and then runs with many queues to a GPU instead of one.
// RUN: moe-translate --emit-megatron-flags --split-input-file %s | FileCheck %s

// CHECK: # In its environment: CUDA_DEVICE_MAX_CONNECTIONS=32; Many queues for
// CHECK: --overlap-moe-expert-parallel-comm
moe.launch @overlapped world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <tp = 2>
  coordinates @expert <ep = 2>
  expert_slots @sparse layers 0 to 2 experts 2 shards 1 table dense<[[0], [1]]> : tensor<2x1xi32>
  model @model layers 2 mtp_layers 1 {}
  workload @workload dispatcher alltoall ep_overlap true
}

// -----

// CHECK: CUDA_DEVICE_MAX_CONNECTIONS=1;
// CHECK-NOT: --overlap-moe
// CHECK: # not expressed: ep_overlap true; Megatron-LM overlaps no MoE layers that it computes again
moe.launch @recomputed world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <tp = 2>
  coordinates @expert <ep = 2>
  expert_slots @sparse layers 0 to 2 experts 2 shards 1 table dense<[[0], [1]]> : tensor<2x1xi32>
  workload @workload recompute ["moe"] dispatcher alltoall ep_overlap true
}

// -----

// CHECK: CUDA_DEVICE_MAX_CONNECTIONS=1;
// CHECK-NOT: --overlap-moe
// CHECK: # not expressed: ep_overlap true; Megatron-LM overlaps in bf16 and fp16 alone
moe.launch @single_precision world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <tp = 2>
  coordinates @expert <ep = 2>
  expert_slots @sparse layers 0 to 2 experts 2 shards 1 table dense<[[0], [1]]> : tensor<2x1xi32>
  workload @workload precision fp32 dispatcher alltoall ep_overlap true
}

// -----

// CHECK: CUDA_DEVICE_MAX_CONNECTIONS=1;
// CHECK-NOT: --overlap-moe
// CHECK: # not expressed: ep_overlap true; Megatron-LM overlaps one layer of multi-token prediction at most
moe.launch @predictions world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <tp = 2>
  coordinates @expert <ep = 2>
  expert_slots @sparse layers 0 to 2 experts 2 shards 1 table dense<[[0], [1]]> : tensor<2x1xi32>
  model @model layers 2 mtp_layers 2 {}
  workload @workload dispatcher alltoall ep_overlap true
}

// -----

// Muon reduces gradients when all of them are there.

// CHECK: --optimizer dist_muon
// CHECK-NEXT: --ckpt-format torch
// CHECK-NEXT: # Megatron-LM refuses --overlap-grad-reduce with muon;
// CHECK-NOT: {{^}}--overlap
moe.launch @muon world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  coordinates @attention <dp = 2>
  workload @workload optimizer <name = "muon", sharding = distributed>
}
