// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Stages by chunk; in a plan, which of them overlap is a finding.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  pipeline @stages of @model on @mesh schedule sequential {
    // CHECK: {{^ +}}stage 0 layers [0 to 2, 4 to 6] embedding{{$}}
    stage 0 layers [0 to 2, 4 to 6] embedding
    // CHECK: {{^ +}}stage 0 layers [] output{{$}}
    stage 0 layers [] output
    // CHECK: {{^ +}}stage 9 layers [3 to 3, 4611686018427387904 to 9223372036854775807] embedding output mtp_layers 2{{$}}
    stage 9 layers [3 to 3, 4611686018427387904 to 9223372036854775807] embedding output mtp_layers 2
  }
}
