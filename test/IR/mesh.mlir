// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Meshes with every axis, one that folds another, and one without axes.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  cluster @cluster
  // CHECK: mesh @attention <pp = 4, dp = 4, cp = 1, tp = 8> on @cluster
  mesh @attention <pp = 4, dp = 4, cp = 1, tp = 8> on @cluster
  // CHECK: mesh @expert <pp = 4, edp = 2, ep = 16, etp = 1> on @cluster folds @attention keeping <pp>
  mesh @expert <pp = 4, edp = 2, ep = 16, etp = 1> on @cluster folds @attention keeping <pp>
  // CHECK: mesh @none <> on @cluster folds @attention keeping <> {note}
  mesh @none <> on @cluster folds @attention keeping <> {note}
  // A product above 63 bits is a finding.
  // CHECK: mesh @huge <dp = 4611686018427387904, tp = 4611686018427387904> on @cluster
  mesh @huge <dp = 4611686018427387904, tp = 4611686018427387904> on @cluster
}
