// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// A plan prints its framework, its baseline and other attributes; it may be empty.

// CHECK-LABEL: moe.plan @empty {
// CHECK-NEXT: }
moe.plan @empty {}

// CHECK-LABEL: moe.plan @after framework megatron baseline "before.json" attributes {note = "x"} {
moe.plan @after baseline "before.json" framework megatron attributes {note = "x"} {
}

// CHECK-LABEL: moe.plan @file unnamed framework vllm {
moe.plan @file framework vllm unnamed {}

// CHECK-LABEL: moe.plan @f1 framework deepspeed
moe.plan @f1 framework deepspeed {}
// CHECK-LABEL: moe.plan @f2 framework torchtitan
moe.plan @f2 framework torchtitan {}
// CHECK-LABEL: moe.plan @f3 framework vllm
moe.plan @f3 framework vllm {}
// CHECK-LABEL: moe.plan @f4 framework sglang
moe.plan @f4 framework sglang {}
// CHECK-LABEL: moe.plan @f5 framework trtllm
moe.plan @f5 framework trtllm {}
