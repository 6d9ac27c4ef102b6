// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// How experts shall be spread, with every rule of dispatch and placement.

// CHECK-LABEL: moe.plan @minimal {
moe.plan @minimal {
  // CHECK: {{^ +}}distribution @experts{{$}}
  distribution @experts
}

// CHECK-LABEL: moe.plan @full {
moe.plan @full {
  // CHECK: {{^ +}}distribution @experts slots_per_rank 2 dispatch weighted placed balanced loads "loads.json" file "placement.json"{{$}}
  distribution @experts slots_per_rank 2 dispatch weighted placed balanced loads "loads.json" file "placement.json"
}

// CHECK-LABEL: moe.plan @placement_contiguous {
moe.plan @placement_contiguous {
  // CHECK: {{^ +}}distribution @experts placed contiguous{{$}}
  distribution @experts placed contiguous
}

// CHECK-LABEL: moe.plan @placement_round_robin {
moe.plan @placement_round_robin {
  // CHECK: {{^ +}}distribution @experts placed round_robin{{$}}
  distribution @experts placed round_robin
}

// CHECK-LABEL: moe.plan @placement_balanced {
moe.plan @placement_balanced {
  // CHECK: {{^ +}}distribution @experts placed balanced{{$}}
  distribution @experts placed balanced
}

// CHECK-LABEL: moe.plan @placement_table {
moe.plan @placement_table {
  // CHECK: {{^ +}}distribution @experts placed table{{$}}
  distribution @experts placed table
}

// CHECK-LABEL: moe.plan @even {
moe.plan @even {
  // CHECK: {{^ +}}distribution @experts dispatch even{{$}}
  distribution @experts dispatch even
}

// Whatever operation follows, it is none of the clauses: `placement` is one.
// CHECK-LABEL: moe.plan @followed {
moe.plan @followed {
  cluster @cluster world_size 2
  model @model layers 4 {
    layers @sparse 0 to 4 { experts count 4 }
  }
  mesh @expert <ep = 2> on @cluster
  // CHECK: {{^ +}}distribution @experts slots_per_rank 2{{$}}
  distribution @experts slots_per_rank 2
  // CHECK-NEXT: {{^ +}}placement @sparse of @model::@sparse on @expert slots 2 contiguous{{$}}
  placement @sparse of @model::@sparse on @expert slots 2 contiguous
}
