// Servers number the ranks of their hosts one after another, whatever the launcher does;
// TensorRT-LLM takes those of MPI.
// RUN: moe-translate --emit-vllm-flags --split-input-file %s | FileCheck %s --check-prefixes=CHECK,BOTH
// RUN: moe-translate --emit-sglang-flags --split-input-file %s | FileCheck %s --check-prefixes=SGLANG,BOTH
// RUN: moe-translate --emit-tensorrt-llm --split-input-file %s | FileCheck %s --check-prefix=MPI

// CHECK: --data-parallel-start-rank $((NODE_RANK * 2))
// CHECK: --data-parallel-size 4
// SGLANG: --dist-init-addr
// SGLANG: --dp-size 4
// MPI: tensor_parallel_size: 4
moe.launch @in_turn world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  coordinates @attention <dp = 4>
  coordinates @expert <ep = 4>
}

// -----

// vLLM has whole replicas on a host, or whole hosts for a replica.

// CHECK: # vLLM cannot express this plan: its 4 replicas have parts of 3 hosts; vLLM has whole replicas on a host, or whole hosts for a replica
// CHECK-NOT: {{^}}--
// SGLANG: --dp-size 4
// MPI: cannot express
moe.launch @parts world_size 12 gpus_per_host 4 {
  host 0 ranks [0, 1, 2, 3]
  host 1 ranks [4, 5, 6, 7]
  host 2 ranks [8, 9, 10, 11]
  coordinates @attention <dp = 4, tp = 3>
  coordinates @expert <ep = 12>
}

// -----

// CHECK: --node-rank "$NODE_RANK"
// CHECK: --data-parallel-size 2
// CHECK-NEXT: --nnodes 4
// SGLANG: --dp-size 2
// MPI: cannot express
moe.launch @whole_hosts world_size 8 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  host 2 ranks [4, 5]
  host 3 ranks [6, 7]
  coordinates @attention <dp = 2, tp = 4>
  coordinates @expert <ep = 8>
}

// -----

// BOTH: cannot express this plan: its ranks do not fill the hosts in their order
// BOTH-NOT: {{^}}--
// MPI: tensor_parallel_size: 4
moe.launch @turned world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 2]
  host 1 ranks [1, 3]
  coordinates @attention <dp = 4>
  coordinates @expert <ep = 4>
}
