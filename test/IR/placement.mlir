// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Placements by rule and by table, in the text, as one number, in a resource.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // CHECK: placement @a of @model::@sparse on @mesh slots 4 contiguous
  placement @a of @model::@sparse on @mesh slots 4 contiguous
  // CHECK: placement @b of @model::@sparse on @mesh slots 4 round_robin
  placement @b of @model::@sparse on @mesh slots 4 round_robin
  // CHECK: placement @c of @model::@sparse on @mesh slots 4 balanced
  placement @c of @model::@sparse on @mesh slots 4 balanced
  // CHECK: placement @d of @model::@sparse on @mesh slots 2 table dense<{{\[\[}}0, 1], [2, -1]]> : tensor<2x2xi32>
  placement @d of @model::@sparse on @mesh slots 2 table dense<[[0, 1], [2, -1]]> : tensor<2x2xi32>
  // CHECK: placement @e of @model::@sparse on @mesh slots 2 table dense<7> : tensor<58x2x2xi32>
  placement @e of @model::@sparse on @mesh slots 2 table dense<7> : tensor<58x2x2xi32>
  // CHECK: placement @f of @model::@sparse on @mesh slots 1 table dense_resource<slots> : tensor<2x1xi32>
  placement @f of @model::@sparse on @mesh slots 1 table dense_resource<slots> : tensor<2x1xi32>
}

{-#
  dialect_resources: {
    builtin: {
      slots: "0x040000000000000001000000"
    }
  }
#-}
