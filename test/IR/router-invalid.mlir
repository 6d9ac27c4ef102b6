// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Figures of `router` that mean nothing, and places where it cannot stand.

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.router' op attribute 'groups' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      router groups 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.router' op attribute 'top_groups' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      router top_groups 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{custom op 'moe.router' expected 'softmax' or 'sigmoid', found 'sigmiod', did you mean 'sigmoid'?}}
      router score sigmiod
    }
  }
}

// -----

moe.plan @outside {
  // expected-error @below {{'moe.router' op expects parent op 'moe.layers'}}
  router
}
