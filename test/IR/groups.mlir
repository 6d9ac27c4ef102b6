// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Groups of every axis, with their number and size.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  stated {
    // CHECK: {{^ +}}groups axis pp{{$}}
    groups axis pp
    // CHECK: {{^ +}}groups axis dp{{$}}
    groups axis dp
    // CHECK: {{^ +}}groups axis cp{{$}}
    groups axis cp
    // CHECK: {{^ +}}groups axis tp{{$}}
    groups axis tp
    // CHECK: {{^ +}}groups axis edp{{$}}
    groups axis edp
    // CHECK: {{^ +}}groups axis ep{{$}}
    groups axis ep
    // CHECK: {{^ +}}groups axis etp{{$}}
    groups axis etp
    // CHECK: {{^ +}}groups axis tp count 8 size 4{{$}}
    groups axis tp count 8 size 4
  }
}
