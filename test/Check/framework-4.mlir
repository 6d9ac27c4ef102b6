// The framework does what the plan is for.
// RUN: moe-opt %s --verify-balance --split-input-file --verify-diagnostics -o /dev/null

// expected-remark-re @+2 {{{{.*}} [input-1]}}
// expected-error @+1 {{vLLM does not train models, and the mode of the plan is train [framework-4]}}
moe.plan @framework_4 framework vllm {
  workload @workload mode train
}

// -----

// expected-remark-re @+2 {{{{.*}} [input-1]}}
// expected-error @+1 {{torchtitan does not serve models, and the mode of the plan is decode [framework-4]}}
moe.plan @framework_4_serves framework torchtitan {
  workload @workload mode decode
}

// -----

// expected-remark-re @+1 {{{{.*}} [input-1]}}
moe.plan @framework_4_holds framework vllm {
  workload @workload mode decode
}

// -----

// Megatron-Core does both.
// expected-remark-re @+1 {{{{.*}} [input-1]}}
moe.plan @framework_4_both framework megatron {
  workload @workload mode decode
}

// -----

// expected-remark-re @+1 {{{{.*}} [input-1]}}
moe.plan @framework_4_absent framework vllm {
  workload @workload precision fp8
}
