// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Conditions that are none.

moe.plan @case {
  // expected-error @below {{custom op 'moe.policy' expected a condition such as "<= 1.05" or "60 % .. 95 %", found "95 %"}}
  policy @x "95 %"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.policy' the range "95 % .. 60 %" is empty, its first end is above its second}}
  policy @x "95 % .. 60 %"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.policy' the range "60 .. 95 %" runs from a bare number to a ratio, write both ends with the same kind of unit}}
  policy @x "60 .. 95 %"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.policy' unknown unit 'gib' in "3 gib", did you mean 'GiB'?}}
  policy @x "<= 3 gib"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.policy' expected string}}
  policy @x 95
}

// -----

// expected-error @below {{'moe.policy' op expects parent op 'moe.plan'}}
moe.policy @x "<= 1"
