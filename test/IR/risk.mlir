// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// How far a job is from a limit; a margin may be negative. A launch has the targets
// of its plan, too.

// CHECK-LABEL: moe.launch @job
moe.launch @job world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // CHECK: {{^ +}}risk "device_memory" expects "61.2 GB" limit "80 GB" margin_permille 235 advice "recompute more"{{$}}
  risk "device_memory" expects "61.2 GB" limit "80 GB" margin_permille 235 advice "recompute more"
  // CHECK: margin_permille -50
  risk "imbalance" expects "1.1" limit "<= 1.05" margin_permille -50 advice "balance"
  // CHECK: {{^ +}}target @gpu_utilization ">= 95 %"{{$}}
  target @gpu_utilization ">= 95 %"
}
