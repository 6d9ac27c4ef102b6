// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Numbers and words that a distribution does not know.

moe.plan @case {
  // expected-error @below {{'moe.distribution' op attribute 'slots_per_rank' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  distribution @experts slots_per_rank 0
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.distribution' expected 'weighted' or 'even', found 'wieghted', did you mean 'weighted'?}}
  distribution @experts dispatch wieghted
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.distribution' expected 'contiguous', 'round_robin', 'balanced' or 'table', found 'roundrobin', did you mean 'round_robin'?}}
  distribution @experts placed roundrobin
}

// -----

// expected-error @below {{'moe.distribution' op expects parent op 'moe.plan'}}
moe.distribution @experts
