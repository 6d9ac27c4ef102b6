// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Runs of layers, as far as their author describes them.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  model @model {
    // CHECK: layers @undescribed 0 to 0 {
    // CHECK-NEXT: }
    layers @undescribed 0 to 0 {}
    // CHECK: layers @far 9223372036854775806 to 9223372036854775807 attributes {note} {
    layers @far 9223372036854775806 to 9223372036854775807 attributes {note} {}
    // CHECK: layers @sparse 3 to 61 {
    // CHECK-NEXT: attention
    // CHECK-NEXT: experts
    // CHECK-NEXT: router
    layers @sparse 3 to 61 {
      attention
      experts
      router
    }
  }
}
