// A lowering begins with its check: a plan that cannot be launched is not
// lowered, while a false statement about a plan that can does not stop it.
// RUN: not moe-opt %s --moe-lower-pipeline 2>&1 | FileCheck %s
// RUN: moe-opt %S/Inputs/false-statement.mlir --moe-lower-pipeline 2>&1 | FileCheck %s --check-prefix=FALSE

// CHECK: error: {{.*}} [mesh-1]
// CHECK-NOT: moe.launch
moe.plan @too_many {
  cluster @cluster world_size 8
  model @model hidden 64 layers 2 {}
  parallelism @parallelism tp 4 pp 2 dp 4 etp 1
}

// FALSE-NOT: error
// FALSE: moe.launch @launch of @false_statement
