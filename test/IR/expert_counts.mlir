// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Experts on each rank as a document states them, even when wrong.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  stated {
    // CHECK: {{^ +}}expert_counts [22, 21, 21]{{$}}
    expert_counts [22, 21, 21]
    // CHECK: {{^ +}}expert_counts []{{$}}
    expert_counts []
    // CHECK: {{^ +}}expert_counts [-1]{{$}}
    expert_counts [-1]
  }
}
