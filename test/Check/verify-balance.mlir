// The pass reports all plans of a module, leaves the module as it is, prints one
// line for each plan without errors.
// RUN: not moe-opt %s --verify-balance -o %t.mlir 2>&1 | FileCheck %s
// RUN: %{moe-opt} %S/Inputs/plain.mlir --verify-balance 2> %t.err | diff - %S/Inputs/plain.out
// RUN: FileCheck %s --check-prefix=VERDICT < %t.err
// VERDICT: {{^}}@plain: pass, 0 errors, 0 warnings, 0 notes{{$}}

// CHECK: error: the folded rule needs {{.*}} [mesh-1]
// CHECK: remark: {{.*}} [input-1]
moe.plan @first {
  cluster @cluster world_size 3
  parallelism @parallelism tp 2
}
// CHECK: warning: {{.*}} [cluster-2]
// CHECK: @second: pass, 0 errors, 1 warning, 1 note
moe.plan @second {
  cluster @cluster nodes 2 gpus_per_node 8 world_size 8
}
// RUN: not moe-opt %s --verify-balance=max-findings=1 -o /dev/null 2>&1 | FileCheck %s --check-prefix=ONE
// ONE: [mesh-1]
// ONE: remark: 1 more finding of @first is not printed
// ONE: [cluster-2]
// ONE: remark: 1 more finding of @second is not printed

// RUN: not moe-opt %S/Inputs/idle.mlir --verify-balance=warnings-as-errors -o /dev/null 2>&1 | FileCheck %s --check-prefix=STRICT
// RUN: moe-opt %S/Inputs/idle.mlir --verify-balance -o /dev/null
// STRICT: error: {{.*}} [cluster-2]

// RUN: echo 'module {}' | moe-opt - --verify-balance -o /dev/null 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: warning: there is no 'moe.plan' to check
