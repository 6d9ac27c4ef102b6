// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Severities that are none.

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{custom op 'moe.finding' expected 'error', 'warning' or 'note', found 'fatal'}}
  finding fatal "mesh-1" says "x"
}

// -----

moe.launch @case world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // expected-error @below {{custom op 'moe.finding' expected 'error', 'warning' or 'note', found 'warnings', did you mean 'warning'?}}
  finding warnings "mesh-1" says "x"
}

// -----

// expected-error @below {{'moe.finding' op expects parent op 'moe.launch'}}
moe.finding note "r" says "x"
