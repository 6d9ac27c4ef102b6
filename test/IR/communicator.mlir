// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Communicators with every collective, aliases, and groups of one and of all.

// CHECK-LABEL: moe.launch @job
moe.launch @job world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // CHECK: {{^ +}}communicator @tp along <tp> groups <2:2> members <2:1> runs [all_reduce, all_gather, reduce_scatter, all_to_all, broadcast, send_recv]{{$}}
  communicator @tp along <tp> groups <2:2> members <2:1> runs [all_reduce, all_gather, reduce_scatter, all_to_all, broadcast, send_recv]
  // CHECK: {{^ +}}communicator @dp along <dp, cp> aliases ["edp", "x"] groups <2:1> members <2:2> runs []{{$}}
  communicator @dp along <dp, cp> aliases ["edp", "x"] groups <2:1> members <2:2> runs []
  // CHECK: {{^ +}}communicator @one along <> groups <4:1> members <> runs []{{$}}
  communicator @one along <> groups <4:1> members <> runs []
  // CHECK: {{^ +}}communicator @all along <pp, dp, tp> groups <> members <2:2, 2:1> runs [broadcast] {note}{{$}}
  communicator @all along <pp, dp, tp> groups <> members <2:2, 2:1> runs [broadcast] {note}
}
