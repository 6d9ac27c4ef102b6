// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Figures of a model that mean nothing, and keys that lost their values.

moe.plan @case {
  // expected-error @below {{'moe.model' op attribute 'hidden' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  model @model hidden 0 {}
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.model' op attribute 'vocab' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  model @model vocab 0 {}
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.model' op attribute 'layers' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  model @model layers 0 {}
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.model' op attribute 'mtp_layers' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
  model @model mtp_layers -1 {}
}

// -----

moe.plan @case {
  // expected-error @below {{custom op 'moe.model' expected '{' or a clause, found 'hiden', did you mean 'hidden'?}}
  model @model hiden 7168 {}
}

// -----

moe.plan @case {
  // expected-error @below {{expected '='}}
  model @model keys <"a"> {}
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.model' op expected as many 'keys' as 'values', found 1 and 0}}
  "moe.model"() ({
  ^bb0:
  }) {sym_name = "m", keys = ["a"]} : () -> ()
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.model' op expected as many 'keys' as 'values', found 0 and 1}}
  "moe.model"() ({
  ^bb0:
  }) {sym_name = "m", values = ["a"]} : () -> ()
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.model' op expected as many 'keys' as 'values', found 0 and 0}}
  "moe.model"() ({
  ^bb0:
  }) {sym_name = "m", keys = []} : () -> ()
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.model' op expected as many 'keys' as 'values', found 2 and 1}}
  "moe.model"() ({
  ^bb0:
  }) {sym_name = "m", keys = ["a", "b"], values = ["c"]} : () -> ()
}

// -----

moe.plan @body_1 {
  model @model {
    // expected-error @below {{'arith.constant' op cannot stand in 'moe.model', which holds 'layers' [body-1]}}
    %0 = arith.constant 0 : i32
  }
}

// -----

// expected-error @below {{'moe.model' op expects parent op to be one of 'moe.plan, moe.launch'}}
moe.model @m {}
