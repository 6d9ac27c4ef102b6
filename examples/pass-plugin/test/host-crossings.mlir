// Groups that leave their host are counted, and refused for a named communicator.
// RUN: moe-opt %s --load-pass-plugin=%plugin --verify-diagnostics \
// RUN:   --pass-pipeline='builtin.module(moe.launch(report-host-crossings))'
// RUN: not moe-opt %s --load-pass-plugin=%plugin \
// RUN:   --pass-pipeline='builtin.module(moe.launch(report-host-crossings{inside=tp,dp}))' \
// RUN:   2>&1 | FileCheck %s

moe.launch @job world_size 8 gpus_per_host 4 {
  host 0 ranks [0, 1, 2, 3]
  host 1 ranks [4, 5, 6, 7]
  // expected-remark @below {{0 of 4 groups of @tp span several hosts}}
  communicator @tp along <tp> groups <4:2> members <2:1> runs [all_reduce]
  // CHECK: [[#@LINE+2]]:3: error: 2 of 2 groups of @dp span several hosts
  // expected-remark @below {{2 of 2 groups of @dp span several hosts}}
  communicator @dp along <dp> groups <2:1> members <4:2> runs [all_reduce]
}
