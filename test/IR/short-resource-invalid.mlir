// RUN: moe-opt %s --verify-diagnostics

// A resource with fewer bytes than the type of its table takes.

moe.plan @short {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op the resource 'slots' of the table has 4 bytes, but tensor<2x2xi32> takes 16}}
  placement @p of @model::@sparse on @mesh slots 2 table dense_resource<slots> : tensor<2x2xi32>
}

{-#
  dialect_resources: {
    builtin: {
      slots: "0x0400000000000000"
    }
  }
#-}
