// RUN: moe-opt %s --split-input-file --verify-diagnostics

// What `module` cannot say, and where it cannot stand.

moe.plan @case {
  stated {
    // expected-error @below {{expected attribute value}}
    module embedding
  }
}

// -----

moe.plan @elsewhere {
  // expected-error @below {{'moe.module' op expects parent op 'moe.stated'}}
  module "embedding" ranks "0-1"
}
