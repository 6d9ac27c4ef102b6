// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Conditions that are none.

moe.plan @case {
  // expected-error @below {{custom op 'moe.target' expected a condition such as "<= 1.05" or "60 % .. 95 %", found "95 %"}}
  target @x "95 %"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.target' the range "95 % .. 60 %" is empty, its first end is above its second}}
  target @x "95 % .. 60 %"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.target' the range "60 .. 95 %" runs from a bare number to a ratio, write both ends with the same kind of unit}}
  target @x "60 .. 95 %"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.target' unknown unit 'gib' in "3 gib", did you mean 'GiB'?}}
  target @x "<= 3 gib"
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.target' expected string}}
  target @x 95
}

// -----

// expected-error @below {{'moe.target' op expects parent op to be one of 'moe.plan, moe.launch'}}
moe.target @x "<= 1"
