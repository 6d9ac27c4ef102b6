// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Boxes and collectives that are none.

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{axis 'tp' is named twice}}
  communicator @c along <tp, tp> groups <2:2> members <2:1> runs []
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{expected sizes and strides of at least 1, found 0:2}}
  communicator @c along <tp> groups <0:2> members <2:1> runs []
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{expected sizes and strides of at least 1, found 2:-1}}
  communicator @c along <tp> groups <2:-1> members <2:1> runs []
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{ranks up to 9223372036854775807:2 do not fit 63 bits}}
  communicator @c along <tp> groups <9223372036854775807:2> members <2:1> runs []
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{ranks up to 2305843009213693952:2 do not fit 63 bits}}
  communicator @c along <tp> groups <2305843009213693952:2, 2305843009213693952:2> members <2:1> runs []
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{expected ':'}}
  communicator @c along <tp> groups <2> members <2:1> runs []
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{custom op 'moe.communicator' expected 'all_reduce', 'all_gather', 'reduce_scatter', 'all_to_all', 'broadcast' or 'send_recv', found 'allreduce', did you mean 'all_reduce'?}}
  communicator @c along <tp> groups <2:2> members <2:1> runs [allreduce]
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{'moe.communicator' op attribute 'collectives' failed to satisfy constraint: collectives}}
  "moe.communicator"() {sym_name = "c", axes = #moe.axis_kinds<tp>, groups = #moe.box<>, members = #moe.box<4:1>, collectives = [1]} : () -> ()
}

// -----

// expected-error @below {{'moe.communicator' op expects parent op 'moe.launch'}}
moe.communicator @c along <tp> groups <> members <1:1> runs []
