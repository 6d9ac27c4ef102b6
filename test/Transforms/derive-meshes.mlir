// Degrees become meshes: two under the folded rule, one under the product rule.
// RUN: moe-opt %s --split-input-file --moe-derive-meshes | FileCheck %s

// dp and edp are derived, and edp differs from dp.
// CHECK-LABEL: moe.plan @folded
// CHECK: mesh @attention <pp = 8, dp = 64, cp = 1, tp = 2> on @cluster
// CHECK-NEXT: mesh @expert <pp = 8, edp = 2, ep = 64, etp = 1> on @cluster folds @attention keeping <pp>
moe.plan @folded {
  cluster @cluster nodes 128 gpus_per_node 8
  parallelism @parallelism tp 2 pp 8 dp auto ep 64 etp 1
}

// -----

// CHECK-LABEL: moe.plan @product
// CHECK: mesh @all <pp = 1, dp = 1, ep = 64, cp = 1, tp = 2> on @cluster
// CHECK-NOT: mesh @expert
moe.plan @product {
  cluster @cluster world_size 128
  parallelism @parallelism rule product tp 2 ep 64
}

// -----

// The order string says which axis joins neighbouring ranks.
// CHECK-LABEL: moe.plan @order
// CHECK: mesh @attention <pp = 2, dp = 2, cp = 2, tp = 4> on @cluster
// CHECK-NEXT: mesh @expert <pp = 2, edp = 4, etp = 1, ep = 4>
moe.plan @order {
  cluster @cluster world_size 32
  parallelism @parallelism tp 4 cp 2 pp 2 ep 4 etp 1 order "ep-tp-cp-dp-pp"
}

// -----

// Megatron-Core splits experts as it splits attention unless told otherwise.
// CHECK-LABEL: moe.plan @framework_default
// CHECK: mesh @expert <pp = 1, edp = 2, ep = 4, etp = 2>
moe.plan @framework_default framework megatron {
  cluster @cluster world_size 16
  parallelism @parallelism tp 2 ep 4
}

// -----

// What an author wrote stays.
// CHECK-LABEL: moe.plan @kept
// CHECK: mesh @mine <dp = 4, tp = 4> on @cluster
// CHECK-NOT: mesh @
moe.plan @kept {
  cluster @cluster world_size 16
  parallelism @parallelism tp 4
  mesh @mine <dp = 4, tp = 4> on @cluster
}
