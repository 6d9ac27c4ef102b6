// Layers become stages, by the plan's layout or evenly.
// RUN: moe-opt %s --split-input-file --moe-derive-meshes --moe-derive-stages | FileCheck %s

// DeepSeek-V3's published layout: 32 chunks over 8 stages, the multi-token
// prediction layer and the loss in chunks of their own.
// CHECK-LABEL: moe.plan @layout
// CHECK: pipeline @stages of @model on @attention schedule interleaved {
// CHECK-NEXT: stage 0 layers [0 to 3, 17 to 19, 33 to 35, 49 to 51] embedding
// CHECK-NEXT: stage 1 layers [3 to 5, 19 to 21, 35 to 37, 51 to 53]
// CHECK: stage 6 layers [13 to 15, 29 to 31, 45 to 47, 61 to 61] mtp_layers 1
// CHECK-NEXT: stage 7 layers [15 to 17, 31 to 33, 47 to 49, 61 to 61] output
moe.plan @layout {
  cluster @cluster world_size 1024
  model @model layers 61 mtp_layers 1 {}
  parallelism @parallelism tp 2 pp 8 vpp 4 ep 64 layout "Et*3|(tt|)*29m|L"
}

// -----

// CHECK-LABEL: moe.plan @even
// CHECK: pipeline @stages of @model on @attention schedule one_f_one_b {
// CHECK-NEXT: stage 0 layers [0 to 4] embedding
// CHECK-NEXT: stage 1 layers [4 to 8] output
moe.plan @even {
  cluster @cluster world_size 2
  model @model layers 8 {}
  parallelism @parallelism pp 2
}

// -----

// One stage has nothing to schedule.
// CHECK-LABEL: moe.plan @single
// CHECK: schedule sequential {
// CHECK-NEXT: stage 0 layers [0 to 8] embedding output
moe.plan @single {
  cluster @cluster world_size 2
  model @model layers 8 {}
  parallelism @parallelism
}
