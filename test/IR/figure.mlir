// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// A number for the report.

// CHECK-LABEL: moe.launch @job
moe.launch @job world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // CHECK: {{^ +}}figure "gpus required" is "1024" from "derived"{{$}}
  figure "gpus required" is "1024" from "derived"
}
