// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Modules and where they sit.

// CHECK-LABEL: moe.plan @all
moe.plan @all {
  stated {
    // CHECK: {{^ +}}module "embedding" ranks "0-1"{{$}}
    module "embedding" ranks "0-1"
    // CHECK: {{^ +}}module "tokenizer" device "host"{{$}}
    module "tokenizer" device "host"
    // CHECK: {{^ +}}module "router"{{$}}
    module "router"
  }
}
