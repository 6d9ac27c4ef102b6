// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Degrees of parallelism, with `dp auto` as a word.

// CHECK-LABEL: moe.plan @minimal {
moe.plan @minimal {
  // CHECK: {{^ +}}parallelism @parallelism{{$}}
  parallelism @parallelism
}

// CHECK-LABEL: moe.plan @full {
moe.plan @full {
  // CHECK: {{^ +}}parallelism @parallelism rule product tp 2 cp 1 pp 8 vpp 4 dp 16 ep 64 etp 1 order "tp-cp-ep-dp-pp" layout "Et*3|(tt|)*29m|L"{{$}}
  parallelism @parallelism rule product tp 2 cp 1 pp 8 vpp 4 dp 16 ep 64 etp 1 order "tp-cp-ep-dp-pp" layout "Et*3|(tt|)*29m|L"
}

// CHECK-LABEL: moe.plan @automatic {
moe.plan @automatic {
  // CHECK: {{^ +}}parallelism @parallelism rule folded dp auto{{$}}
  parallelism @parallelism rule folded dp auto
}

// CHECK-LABEL: moe.plan @schedules {
moe.plan @schedules {
  // CHECK: {{^ +}}parallelism @parallelism pp 8 schedule dualpipe{{$}}
  parallelism @parallelism schedule dualpipe pp 8
}

// CHECK-LABEL: moe.plan @zero_bubble {
moe.plan @zero_bubble {
  // CHECK: {{^ +}}parallelism @parallelism pp 8 schedule zero_bubble{{$}}
  parallelism @parallelism pp 8 schedule zero_bubble
}
