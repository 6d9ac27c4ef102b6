// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Loads per expert, per layer, and from a resource.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // CHECK: load @run of @model::@sparse = dense<1> : tensor<256xi64>
  load @run of @model::@sparse = dense<1> : tensor<256xi64>
  // CHECK: load @layers of @model::@sparse = dense<{{\[\[}}1, 2], [3, 4]]> : tensor<2x2xi64>
  load @layers of @model::@sparse = dense<[[1, 2], [3, 4]]> : tensor<2x2xi64>
  // CHECK: load @resource of @model::@sparse = dense_resource<loads> : tensor<2xi64>
  load @resource of @model::@sparse = dense_resource<loads> : tensor<2xi64>
}

{-#
  dialect_resources: {
    builtin: {
      loads: "0x0800000001000000000000000200000000000000"
    }
  }
#-}
