// What a framework reads from the environment is set where ranks start, if it is
// the plan's, and the site does not say otherwise.
// RUN: moe-translate --emit-site-env --split-input-file %s | FileCheck %s
// RUN: moe-translate --emit-sglang-flags --split-input-file %s | FileCheck %s --check-prefix=SGLANG
// RUN: moe-translate --emit-vllm-flags --split-input-file %s | FileCheck %s --check-prefix=VLLM

// CHECK: # Megatron-LM does not start without it where tensor or context parallelism run on GPUs before Blackwell.
// CHECK-NEXT: CUDA_DEVICE_MAX_CONNECTIONS='1'
moe.launch @tensor world_size 2 gpus_per_host 2 framework megatron {
  host 0 ranks [0, 1]
  coordinates @attention <tp = 2>
}

// -----

// CHECK-NOT: Megatron-LM does not start
// CHECK: # From the site file.
// CHECK-NEXT: CUDA_DEVICE_MAX_CONNECTIONS='4'
moe.launch @own world_size 2 gpus_per_host 2 framework megatron {
  host 0 ranks [0, 1]
  coordinates @attention <cp = 2>
  site environment <"CUDA_DEVICE_MAX_CONNECTIONS" = "4">
}

// -----

// Three guesses make four tokens of each request; DeepEP takes 1024.

// CHECK: # Tokens of a rank that the low-latency kernels of DeepEP exchange at once; with more than 128 they stop otherwise.
// CHECK-NEXT: SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK='1024'
// CHECK: NVSHMEM_QP_DEPTH='2050'
// SGLANG: # In its environment: SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK=1024;
// SGLANG-NEXT: # In its environment: NVSHMEM_QP_DEPTH=2050;
// SGLANG: # One server does both phases.
// SGLANG-NOT: {{^}}--disaggregation-mode
// SGLANG: --cuda-graph-max-bs 256
// SGLANG: --moe-a2a-backend deepep
// SGLANG-NEXT: --deepep-mode auto
// SGLANG-NEXT: --enable-two-batch-overlap
// VLLM: # In its environment: VLLM_MOE_DP_CHUNK_SIZE=1024;
// VLLM-NEXT: # In its environment: NVSHMEM_QP_DEPTH=2050;
// VLLM: --enable-dbo
moe.launch @guessing world_size 1 gpus_per_host 1 framework sglang {
  host 0 ranks [0]
  workload @workload mode decode batch 256 draft_tokens 3 dispatcher deepep ep_overlap true
}

// -----

// CHECK-NOT: SGLANG_
// SGLANG-NOT: In its environment
// SGLANG: # not expressed: dispatcher deepep; its low-latency kernels exchange 1024 tokens of a rank at most, the plan has 1028
// SGLANG-NOT: --moe-a2a-backend
// SGLANG: # not expressed: ep_overlap true; --enable-two-batch-overlap runs with the dispatcher deepep
// VLLM: # In its environment: VLLM_MOE_DP_CHUNK_SIZE=1024;
moe.launch @many world_size 1 gpus_per_host 1 framework sglang {
  host 0 ranks [0]
  workload @workload mode decode batch 257 draft_tokens 3 dispatcher deepep ep_overlap true
}

// -----

// A replica's tokens are spread over the ranks of its attention; DeepEP takes
// 2050 / 8 of each, rounded up.

// CHECK: SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK='257'
// CHECK-NOT: NVSHMEM_QP_DEPTH
// SGLANG: # In its environment: SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK=257;
// SGLANG-NOT: NVSHMEM_QP_DEPTH
// SGLANG: --moe-a2a-backend deepep
// VLLM: # In its environment: VLLM_MOE_DP_CHUNK_SIZE=257;
// VLLM-NOT: NVSHMEM_QP_DEPTH
moe.launch @scattered world_size 16 gpus_per_host 16 framework sglang {
  host 0 ranks [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
  coordinates @attention <dp = 2, tp = 8>
  workload @workload mode decode batch 1025 draft_tokens 1 dispatcher deepep
}

// -----

// Without that dispatcher neither overlaps; a pass of prompts is what is read at once.

// SGLANG: # Takes servers of the other phase, and a router
// SGLANG-NEXT: --disaggregation-mode prefill
// SGLANG: --max-prefill-tokens 16384
// SGLANG-NEXT: --chunked-prefill-size 32768
// SGLANG: # not expressed: ep_overlap true; --enable-two-batch-overlap runs with
// VLLM: --max-num-batched-tokens 16384
// VLLM: # not expressed: ep_overlap true; --enable-dbo runs with the dispatcher deepep
moe.launch @prompts world_size 2 gpus_per_host 2 framework vllm {
  host 0 ranks [0, 1]
  coordinates @attention <dp = 2>
  workload @workload mode prefill batch 4 sequence_length 4096 ep_overlap true
}
