// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Routed and shared experts; wrong arithmetic is a finding, not an error.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  model @model {
    layers @r0 0 to 1 {
      // CHECK: {{^ +}}experts{{$}}
      experts
    }
    layers @r1 0 to 1 {
      // CHECK: {{^ +}}experts count 256 top_k 8 width 2048 shared 1 shared_width 2048{{$}}
      experts count 256 top_k 8 width 2048 shared 1 shared_width 2048
    }
    layers @r2 0 to 1 {
      // CHECK: {{^ +}}experts count 2 top_k 9 shared 0{{$}}
      experts count 2 top_k 9 shared 0
    }
  }
}
