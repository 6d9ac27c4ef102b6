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
  // CHECK: {{^ +}}distribution @experts slots_per_rank 2 dispatch weighted placement balanced loads "loads.json" file "placement.json"{{$}}
  distribution @experts slots_per_rank 2 dispatch weighted placement balanced loads "loads.json" file "placement.json"
}

// CHECK-LABEL: moe.plan @placement_contiguous {
moe.plan @placement_contiguous {
  // CHECK: {{^ +}}distribution @experts placement contiguous{{$}}
  distribution @experts placement contiguous
}

// CHECK-LABEL: moe.plan @placement_round_robin {
moe.plan @placement_round_robin {
  // CHECK: {{^ +}}distribution @experts placement round_robin{{$}}
  distribution @experts placement round_robin
}

// CHECK-LABEL: moe.plan @placement_balanced {
moe.plan @placement_balanced {
  // CHECK: {{^ +}}distribution @experts placement balanced{{$}}
  distribution @experts placement balanced
}

// CHECK-LABEL: moe.plan @placement_table {
moe.plan @placement_table {
  // CHECK: {{^ +}}distribution @experts placement table{{$}}
  distribution @experts placement table
}

// CHECK-LABEL: moe.plan @even {
moe.plan @even {
  // CHECK: {{^ +}}distribution @experts dispatch even{{$}}
  distribution @experts dispatch even
}
