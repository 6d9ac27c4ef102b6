// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// A policy is a comparison or a range, kept as it was written.

// CHECK-LABEL: moe.plan @all {
moe.plan @all {
  // CHECK: {{^ +}}policy @a "<= 1.05"{{$}}
  policy @a "<= 1.05"
  // CHECK: {{^ +}}policy @b "< 5 %"{{$}}
  policy @b "< 5 %"
  // CHECK: {{^ +}}policy @c ">= 95%"{{$}}
  policy @c ">= 95%"
  // CHECK: {{^ +}}policy @d "> 0 s"{{$}}
  policy @d "> 0 s"
  // CHECK: {{^ +}}policy @e "= 3"{{$}}
  policy @e "= 3"
  // CHECK: {{^ +}}policy @f "60 % .. 95 %"{{$}}
  policy @f "60 % .. 95 %"
}
