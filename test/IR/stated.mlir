// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// What a document states about its own structure.

// CHECK-LABEL: moe.plan @full
moe.plan @full {
  // CHECK: stated overlap "0 %" utilized_ranks "3 of 128" attributes {line = 3 : i64} {
  stated utilized_ranks "3 of 128" overlap "0 %" attributes {line = 3 : i64} {}
}
