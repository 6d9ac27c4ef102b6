// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Placements of what is not there, and tables that do not fit.

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op refers to unknown layers @model::@nowhere}}
  placement @p of @model::@nowhere on @mesh slots 2 contiguous
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op refers to unknown mesh @nowhere}}
  placement @p of @model::@sparse on @nowhere slots 2 contiguous
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op attribute 'slots_per_rank' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  placement @p of @model::@sparse on @mesh slots 0 contiguous
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{custom op 'moe.placement' expected 'contiguous', 'round_robin', 'balanced' or 'table', found 'contigous', did you mean 'contiguous'?}}
  placement @p of @model::@sparse on @mesh slots 2 contigous
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op expected a table after 'table'}}
  placement @p of @model::@sparse on @mesh slots 2 table
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op has a table, but is not of kind 'table'}}
  placement @p of @model::@sparse on @mesh slots 2 contiguous dense<0> : tensor<2x2xi32>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op has 'slots' 2 but a table of 3 slots per rank}}
  placement @p of @model::@sparse on @mesh slots 2 table dense<0> : tensor<2x3xi32>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op expected a table of 2 or 3 dimensions, found 'tensor<2xi32>'}}
  placement @p of @model::@sparse on @mesh slots 2 table dense<0> : tensor<2xi32>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op expected a table of i32, found tensor<2x2xi64>}}
  placement @p of @model::@sparse on @mesh slots 2 table dense<0> : tensor<2x2xi64>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op expected a table of i32, found tensor<2x2xui32>}}
  placement @p of @model::@sparse on @mesh slots 2 table dense<0> : tensor<2x2xui32>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op expected a table of 1 to 268435456 entries, found tensor<1000000000x1000000000xi32>}}
  placement @p of @model::@sparse on @mesh slots 2 table dense<0> : tensor<1000000000x1000000000xi32>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op the resource 'absent' of the table has no data}}
  placement @p of @model::@sparse on @mesh slots 2 table dense_resource<absent> : tensor<2x2xi32>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.placement' op expected a table written as 'dense' or 'dense_resource'}}
  placement @p of @model::@sparse on @mesh slots 2 table sparse<[[0, 0]], [1]> : tensor<2x2xi32>
}

// -----

// expected-error @below {{'moe.placement' op expects parent op 'moe.plan'}}
moe.placement @p of @m on @m slots 1 contiguous
