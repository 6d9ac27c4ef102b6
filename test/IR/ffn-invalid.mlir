// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Figures of `ffn` that mean nothing, and places where it cannot stand.

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.ffn' op attribute 'width' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      ffn width 0
    }
  }
}

// -----

moe.plan @outside {
  // expected-error @below {{'moe.ffn' op expects parent op 'moe.layers'}}
  ffn
}
