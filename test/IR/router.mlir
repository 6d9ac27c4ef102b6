// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Routers with every score function.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  model @model {
    layers @r0 0 to 1 {
      experts
      // CHECK: {{^ +}}router{{$}}
      router
    }
    layers @r1 0 to 1 {
      experts
      // CHECK: {{^ +}}router score softmax{{$}}
      router score softmax
    }
    layers @r2 0 to 1 {
      experts
      // CHECK: {{^ +}}router score sigmoid groups 8 top_groups 4{{$}}
      router score sigmoid groups 8 top_groups 4
    }
  }
}
