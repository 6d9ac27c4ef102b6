// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Every kind of collective, with its purpose, axis and time.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  stated {
    // CHECK: {{^ +}}collective all_reduce{{$}}
    collective all_reduce
    // CHECK: {{^ +}}collective all_gather{{$}}
    collective all_gather
    // CHECK: {{^ +}}collective reduce_scatter{{$}}
    collective reduce_scatter
    // CHECK: {{^ +}}collective all_to_all{{$}}
    collective all_to_all
    // CHECK: {{^ +}}collective broadcast{{$}}
    collective broadcast
    // CHECK: {{^ +}}collective send_recv{{$}}
    collective send_recv
    // CHECK: {{^ +}}collective all_reduce for "gradients" axis dp time "2 ms" per "layer"{{$}}
    collective all_reduce for "gradients" axis dp time "2 ms" per "layer"
  }
}
