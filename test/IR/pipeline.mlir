// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Pipelines of every schedule.

// CHECK-LABEL: moe.plan @sequential
moe.plan @sequential {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // CHECK: pipeline @stages of @model on @mesh schedule sequential {
  // CHECK-NEXT: }
  pipeline @stages of @model on @mesh schedule sequential {}
}

// CHECK-LABEL: moe.plan @one_f_one_b
moe.plan @one_f_one_b {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // CHECK: pipeline @stages of @model on @mesh schedule one_f_one_b {
  // CHECK-NEXT: }
  pipeline @stages of @model on @mesh schedule one_f_one_b {}
}

// CHECK-LABEL: moe.plan @interleaved
moe.plan @interleaved {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // CHECK: pipeline @stages of @model on @mesh schedule interleaved {
  // CHECK-NEXT: }
  pipeline @stages of @model on @mesh schedule interleaved {}
}
