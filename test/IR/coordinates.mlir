// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Coordinates on two meshes of one world.

// CHECK-LABEL: moe.launch @job
moe.launch @job world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // CHECK: {{^ +}}coordinates @attention <dp = 2, tp = 2>{{$}}
  coordinates @attention <dp = 2, tp = 2>
  // CHECK: {{^ +}}coordinates @expert <edp = 1, ep = 4, etp = 1>{{$}}
  coordinates @expert <edp = 1, ep = 4, etp = 1>
}
