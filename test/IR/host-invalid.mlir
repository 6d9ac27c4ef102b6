// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Hosts that are none.

moe.launch @case world_size 4 gpus_per_host 2 {
  // expected-error @below {{'moe.host' op attribute 'index' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
  host -1 ranks [0]
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  // expected-error @below {{expected '['}}
  host 0 ranks 0
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  // expected-error @below {{custom op 'moe.host' expected 'ranks'}}
  host 0 rank [0]
}

// -----

// expected-error @below {{'moe.host' op expects parent op 'moe.launch'}}
moe.host 0 ranks [0]
