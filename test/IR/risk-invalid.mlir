// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Risks without their parts.

moe.launch @case world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  // expected-error @below {{custom op 'moe.risk' expected 'margin_permille'}}
  risk "device_memory" expects "61.2 GB" limit "80 GB" margin 235 advice "x"
}

// -----

moe.launch @case world_size 2 gpus_per_host 2 {
  host 0 ranks [0, 1]
  // expected-error @below {{expected attribute value}}
  risk device_memory expects "61.2 GB" limit "80 GB" margin_permille 235 advice "x"
}

// -----

// expected-error @below {{'moe.risk' op expects parent op 'moe.launch'}}
moe.risk "a" expects "b" limit "c" margin_permille 1 advice "d"
