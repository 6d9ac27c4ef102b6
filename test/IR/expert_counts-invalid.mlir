// RUN: moe-opt %s --split-input-file --verify-diagnostics

// What `expert_counts` cannot say, and where it cannot stand.

moe.plan @case {
  stated {
    // expected-error @below {{expected '['}}
    expert_counts 3
  }
}

// -----

moe.plan @elsewhere {
  // expected-error @below {{'moe.expert_counts' op expects parent op 'moe.stated'}}
  expert_counts [22, 21, 21]
}
