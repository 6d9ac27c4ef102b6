// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Tiers run from the inside, with or without what is known of their links.

// CHECK-LABEL: moe.launch @job
moe.launch @job world_size 4 gpus_per_host 2 {
  // CHECK: tier @host holds 2 latency_ns 12000 bytes_per_second 360000000000
  tier @host holds 2 latency_ns 12000 bytes_per_second 360000000000
  // CHECK: tier @switch holds 4 {note}
  tier @switch holds 4 {note}
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // CHECK: communicator @tp along <tp> groups <2:2> members <2:1> runs [all_reduce, all_gather] sends [8, 0]
  communicator @tp along <tp> groups <2:2> members <2:1> runs [all_reduce, all_gather] sends [8, 0]
}
