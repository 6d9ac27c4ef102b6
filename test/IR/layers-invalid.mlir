// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Ranges that are none, and blocks that exclude each other.

moe.plan @case {
  model @model {
    // expected-error @below {{'moe.layers' op attribute 'begin' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
    layers @x -3 to 5 {}
  }
}

// -----

moe.plan @case {
  model @model {
    // expected-error @below {{'moe.layers' op attribute 'end' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
    layers @x 0 to -1 {}
  }
}

// -----

moe.plan @case {
  model @model {
    // expected-error @below {{'moe.layers' op expected a range of layers, found 5 to 3}}
    layers @x 5 to 3 {}
  }
}

// -----

moe.plan @case {
  model @model {
    // expected-error @below {{'moe.layers' op attribute 'end' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
    layers @x 0 to 9223372036854775808 {}
  }
}

// -----

moe.plan @case {
  model @model {
    // expected-error @below {{integer constant out of range for attribute}}
    layers @x 0 to 18446744073709551616 {}
  }
}

// -----

moe.plan @case {
  model @model {
    // expected-error @below {{custom op 'moe.layers' expected 'to'}}
    layers @x 0 until 5 {}
  }
}

// -----

moe.plan @layers_1_attention {
  model @model {
    layers @x 0 to 1 {
      // expected-note @below {{first declared here}}
      attention
      // expected-error @below {{'moe.attention' op occurs twice in 'moe.layers' [layers-1]}}
      attention
    }
  }
}

// -----

moe.plan @layers_1_ffn {
  model @model {
    layers @x 0 to 1 {
      // expected-note @below {{first declared here}}
      ffn
      // expected-error @below {{'moe.ffn' op occurs twice in 'moe.layers' [layers-1]}}
      ffn
    }
  }
}

// -----

moe.plan @layers_1_experts {
  model @model {
    layers @x 0 to 1 {
      // expected-note @below {{first declared here}}
      experts
      // expected-error @below {{'moe.experts' op occurs twice in 'moe.layers' [layers-1]}}
      experts
    }
  }
}

// -----

moe.plan @layers_1_router {
  model @model {
    layers @x 0 to 1 {
      experts
      // expected-note @below {{first declared here}}
      router
      // expected-error @below {{'moe.router' op occurs twice in 'moe.layers' [layers-1]}}
      router
    }
  }
}

// -----

moe.plan @layers_1_both {
  model @model {
    layers @x 0 to 1 {
      // expected-note @below {{dense block declared here}}
      ffn
      // expected-error @below {{'moe.experts' op cannot share layers with a dense 'ffn' [layers-1]}}
      experts
    }
  }
}

// -----

moe.plan @layers_1_no_experts {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'moe.router' op needs 'experts' to choose from [layers-1]}}
      router
    }
  }
}

// -----

moe.plan @body_1 {
  model @model {
    layers @x 0 to 1 {
      // expected-error @below {{'arith.constant' op cannot stand in 'moe.layers', which holds 'attention', 'ffn', 'experts' or 'router' [body-1]}}
      %0 = arith.constant 0 : i32
    }
  }
}

// -----

moe.plan @outside {
  // expected-error @below {{'moe.layers' op expects parent op 'moe.model'}}
  layers @x 0 to 1 {}
}
