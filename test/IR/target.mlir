// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// A target is a comparison or a range, kept as it was written.

// CHECK-LABEL: moe.plan @all {
moe.plan @all {
  // CHECK: {{^ +}}target @a "<= 1.05"{{$}}
  target @a "<= 1.05"
  // CHECK: {{^ +}}target @b "< 5 %"{{$}}
  target @b "< 5 %"
  // CHECK: {{^ +}}target @c ">= 95%"{{$}}
  target @c ">= 95%"
  // CHECK: {{^ +}}target @d "> 0 s"{{$}}
  target @d "> 0 s"
  // CHECK: {{^ +}}target @e "= 3"{{$}}
  target @e "= 3"
  // CHECK: {{^ +}}target @f "60 % .. 95 %"{{$}}
  target @f "60 % .. 95 %"
}
