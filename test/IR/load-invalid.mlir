// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Loads that are no counts, and tables that are not there.

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op refers to unknown layers @model::@nowhere}}
  load @l of @model::@nowhere = dense<1> : tensor<2xi64>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op refers to unknown layers @model}}
  load @l of @model = dense<1> : tensor<2xi64>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op expected a table of i64, found tensor<2xi32>}}
  load @l of @model::@sparse = dense<1> : tensor<2xi32>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op expected a table of i64, found tensor<2xf64>}}
  load @l of @model::@sparse = dense<1.0> : tensor<2xf64>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op expected a table of i64, found vector<2xi64>}}
  load @l of @model::@sparse = dense<1> : vector<2xi64>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op expected a table of 1 or 2 dimensions, found 'tensor<i64>'}}
  load @l of @model::@sparse = dense<1> : tensor<i64>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op expected a table of 1 or 2 dimensions, found 'tensor<1x1x1xi64>'}}
  load @l of @model::@sparse = dense<1> : tensor<1x1x1xi64>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op expected token counts of at least 0, found -1}}
  load @l of @model::@sparse = dense<[1, -1]> : tensor<2xi64>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op expected a table of 1 to 268435456 entries, found tensor<0xi64>}}
  load @l of @model::@sparse = dense<> : tensor<0xi64>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op expected a table of 1 to 268435456 entries, found tensor<1000000000x1000000000xi64>}}
  load @l of @model::@sparse = dense<0> : tensor<1000000000x1000000000xi64>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op the resource 'absent' of the table has no data}}
  load @l of @model::@sparse = dense_resource<absent> : tensor<2xi64>
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.load' op expected a table written as 'dense' or 'dense_resource'}}
  load @l of @model::@sparse = sparse<[[0]], [1]> : tensor<2xi64>
}

// -----

// expected-error @below {{'moe.load' op expects parent op 'moe.plan'}}
moe.load @l of @m = dense<1> : tensor<1xi64>
