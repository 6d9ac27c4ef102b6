// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Degrees below 1, and words a parallelism does not know.

moe.plan @case {
  // expected-error @below {{'moe.parallelism' op attribute 'tp' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  parallelism @parallelism tp 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.parallelism' op attribute 'cp' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  parallelism @parallelism cp 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.parallelism' op attribute 'pp' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  parallelism @parallelism pp 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.parallelism' op attribute 'vpp' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  parallelism @parallelism vpp 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.parallelism' op attribute 'ep' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  parallelism @parallelism ep 0
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.parallelism' op attribute 'etp' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  parallelism @parallelism etp 0
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.parallelism' expected a degree of at least 1 or 'auto', found 0}}
  parallelism @parallelism dp 0
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.parallelism' expected a degree of at least 1 or 'auto', found -1}}
  parallelism @parallelism dp -1
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.parallelism' expected integer value}}
  parallelism @parallelism dp atuo
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.parallelism' expected 'folded' or 'product', found 'fold', did you mean 'folded'?}}
  parallelism @parallelism rule fold
}

// -----

moe.plan @generic {
  // expected-error @below {{'moe.parallelism' op expected 'dp' to be at least 1 or 'auto', found -7}}
  "moe.parallelism"() {sym_name = "p", dp = -7 : i64} : () -> ()
}

// -----

// expected-error @below {{'moe.parallelism' op expects parent op 'moe.plan'}}
moe.parallelism @p

// -----

moe.plan @case {
  // expected-error @below {{expected 'one_f_one_b', 'interleaved', 'zero_bubble' or 'dualpipe' for 'schedule', found 'sequential'}}
  parallelism @parallelism pp 2 schedule sequential
}
