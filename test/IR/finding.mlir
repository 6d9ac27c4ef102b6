// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Findings of every severity.

// CHECK-LABEL: moe.launch @job
moe.launch @job world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // CHECK: {{^ +}}finding error "mesh-1" says "x"{{$}}
  finding error "mesh-1" says "x"
  // CHECK: {{^ +}}finding warning "mesh-1" says "a \22b\22"{{$}}
  finding warning "mesh-1" says "a \22b\22"
  // CHECK: {{^ +}}finding note "mesh-1" says ""{{$}}
  finding note "mesh-1" says ""
}
