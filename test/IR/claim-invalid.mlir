// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Where a claim cannot come from.

moe.plan @case {
  // expected-error @below {{custom op 'moe.claim' expected 'measured', 'modelled' or 'assumed', found 'guessed'}}
  claim @x says "x = 1" source guessed
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.claim' expected 'measured', 'modelled' or 'assumed', found 'modeled', did you mean 'modelled'?}}
  claim @x says "x = 1" source modeled
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.claim' op attribute 'line' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  claim @x says "x = 1" line 0
}

// -----

// expected-error @below {{'moe.claim' op expects parent op 'moe.plan'}}
moe.claim @x says "x = 1"
