// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Figures without their parts.

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{expected attribute value}}
  figure gpus is "4" from "x"
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{custom op 'moe.figure' expected 'from'}}
  figure "gpus" is "4" source "x"
}

// -----

// expected-error @below {{'moe.figure' op expects parent op 'moe.launch'}}
moe.figure "a" is "b" from "c"
