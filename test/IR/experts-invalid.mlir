// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Figures of `experts` that mean nothing, and places where it cannot stand.

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.experts' op attribute 'count' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      experts count 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.experts' op attribute 'top_k' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      experts top_k 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.experts' op attribute 'width' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      experts width 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.experts' op attribute 'shared_width' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
      experts shared_width 0
    }
  }
}

// -----

moe.plan @case {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.experts' op attribute 'shared' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
      experts shared -1
    }
  }
}

// -----

moe.plan @outside {
  // expected-error @below {{'moe.experts' op expects parent op 'moe.layers'}}
  experts
}
