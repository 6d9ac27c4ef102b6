// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// A dense block, with or without its width.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  model @model {
    layers @r0 0 to 1 {
      // CHECK: {{^ +}}ffn{{$}}
      ffn
    }
    layers @r1 0 to 1 {
      // CHECK: {{^ +}}ffn width 18432{{$}}
      ffn width 18432
    }
  }
}
