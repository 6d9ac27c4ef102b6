// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Ranges of layers that are none.

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  pipeline @stages of @model on @mesh schedule sequential {
    // expected-error @below {{'moe.stage' op attribute 'index' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
    stage -1 layers []
  }
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  pipeline @stages of @model on @mesh schedule sequential {
    // expected-error @below {{custom op 'moe.stage' expected a range of layers, found 5 to 2}}
    stage 0 layers [5 to 2]
  }
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  pipeline @stages of @model on @mesh schedule sequential {
    // expected-error @below {{custom op 'moe.stage' expected a range of layers, found -5 to 2}}
    stage 0 layers [-5 to 2]
  }
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  pipeline @stages of @model on @mesh schedule sequential {
    // expected-error @below {{custom op 'moe.stage' expected 'to'}}
    stage 0 layers [0 - 2]
  }
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  pipeline @stages of @model on @mesh schedule sequential {
    // expected-error @below {{'moe.stage' op attribute 'mtp_layers' failed to satisfy constraint: 64-bit signless integer attribute whose value is non-negative}}
    stage 0 layers [0 to 1] mtp_layers -1
  }
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  pipeline @stages of @model on @mesh schedule sequential {
    // expected-error @below {{'moe.stage' op holds more layers than fit 63 bits}}
    stage 0 layers [0 to 9223372036854775807, 0 to 9223372036854775807]
  }
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  pipeline @stages of @model on @mesh schedule sequential {
    // expected-error @below {{'moe.stage' op attribute 'layers' failed to satisfy constraint: layer ranges}}
    "moe.stage"() {index = 0 : i64, layers = [1 : i64]} : () -> ()
  }
}

// -----

moe.plan @outside {
  // expected-error @below {{'moe.stage' op expects parent op to be one of 'moe.pipeline, moe.launch'}}
  stage 0 layers []
}
