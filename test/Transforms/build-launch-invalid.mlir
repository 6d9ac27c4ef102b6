// RUN: not moe-opt %s --moe-build-launch 2>&1 | FileCheck %s
// CHECK: error: expected one plan and one grid, found 1 and 0; run --moe-partition first
moe.plan @not_partitioned {
}
