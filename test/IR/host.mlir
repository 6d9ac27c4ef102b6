// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Hosts list their ranks in any order.

// CHECK-LABEL: moe.launch @job
moe.launch @job world_size 3 gpus_per_host 2 {
  // CHECK: host 0 ranks [2, 0] {note}
  host 0 ranks [2, 0] {note}
  // CHECK: host 1 ranks [1]
  host 1 ranks [1]
}
