// Placements by measured load: a table for each layer, with shares where the
// runtime takes them, and remarks that say how good it is.
// RUN: moe-opt --pass-pipeline='builtin.module(moe.plan(moe-balance-experts))' %s | FileCheck %s
// RUN: moe-opt --pass-pipeline='builtin.module(moe.plan(moe-balance-experts))' --remarks-filter='moe.*' %s 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

// Two layers with opposite loads; three experts in four slots of two ranks are
// exact, so half of the load is on each.
// CHECK-LABEL: moe.plan @weighted
// CHECK: placement @experts_sparse of @model::@sparse on @expert slots 2 table dense<{{.*}}> : tensor<2x2x2xi32> {moe.weights = dense<{{.*}}> : tensor<2x2x2xf64>}
// REMARK: remark: {{.*}}balance-experts{{.*}}WorstMaxOverMean=1
moe.plan @weighted {
  cluster @cluster world_size 2
  model @model layers 2 {
    layers @sparse 0 to 2 { experts count 3 }
  }
  distribution @experts slots_per_rank 2 dispatch weighted placed balanced
  mesh @expert <ep = 2> on @cluster
  load @load of @model::@sparse = dense<[[60, 40, 20], [20, 40, 60]]> : tensor<2x3xi64>
}

// Equal shares need no weights; what stood there is replaced.
// CHECK-LABEL: moe.plan @even
// CHECK-NOT: placement @old
// CHECK: placement @experts_sparse of @model::@sparse on @expert slots 2 table dense<{{.*}}> : tensor<2x2xi32>{{$}}
moe.plan @even {
  cluster @cluster world_size 2
  model @model layers 2 {
    layers @sparse 0 to 2 { experts count 4 }
  }
  distribution @experts slots_per_rank 2 dispatch even placed balanced
  mesh @expert <ep = 2> on @cluster
  load @load of @model::@sparse = dense<[40, 30, 20, 10]> : tensor<4xi64>
  placement @old of @model::@sparse on @expert slots 2 contiguous
}

// Without loads nothing is known; --moe-place-experts says so.
// CHECK-LABEL: moe.plan @unknown
// CHECK-NOT: placement @
// REMARK: remark: {{.*}}Missed{{.*}}no measured load of @sparse
moe.plan @unknown {
  cluster @cluster world_size 2
  model @model layers 2 {
    layers @sparse 0 to 2 { experts count 4 }
  }
  distribution @experts placed balanced
  mesh @expert <ep = 2> on @cluster
}

// CHECK-LABEL: moe.plan @uncounted
// CHECK-NOT: placement @
// REMARK: remark: {{.*}}Missed{{.*}}the slots of a rank for @sparse are not known
moe.plan @uncounted {
  cluster @cluster world_size 2
  model @model layers 2 {
    layers @sparse 0 to 2 { experts }
  }
  distribution @experts placed balanced
  mesh @expert <ep = 2> on @cluster
  load @load of @model::@sparse = dense<[40, 30]> : tensor<2xi64>
}
