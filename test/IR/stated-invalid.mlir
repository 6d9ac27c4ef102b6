// RUN: moe-opt %s --split-input-file --verify-diagnostics

// What `stated` cannot hold or say.

moe.plan @body_1 {
  stated {
    // expected-error @below {{'moe.stated' op expects parent op 'moe.plan'}}
    stated {}
  }
}

// -----

moe.plan @body_1 {
  stated {
    // expected-error @below {{'arith.constant' op cannot stand in 'moe.stated', which holds 'groups', 'expert_counts', 'collective' or 'module' [body-1]}}
    %0 = arith.constant 0 : i32
  }
}

// -----

moe.plan @case {
  // expected-error @below {{'moe.stated' op expected 'overlap' to be a ratio such as "66.1 %", found "3 ms"}}
  stated overlap "3 ms" {}
}

// -----

moe.plan @typo {
  // expected-error @below {{custom op 'moe.stated' expected '{' or a clause, found 'overlp', did you mean 'overlap'?}}
  stated overlp "3 %" {}
}
