// RUN: moe-opt %s --split-input-file --verify-diagnostics

// Pipelines of what is not there.

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.pipeline' op refers to unknown model @nowhere}}
  pipeline @p of @nowhere on @mesh schedule sequential {}
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.pipeline' op refers to unknown mesh @nowhere}}
  pipeline @p of @model on @nowhere schedule sequential {}
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{'moe.pipeline' op refers to unknown model @mesh}}
  pipeline @p of @mesh on @model schedule sequential {}
}

// -----

moe.plan @case {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  // expected-error @below {{custom op 'moe.pipeline' expected 'sequential', 'one_f_one_b', 'interleaved', 'zero_bubble' or 'dualpipe', found 'interleave', did you mean 'interleaved'?}}
  pipeline @p of @model on @mesh schedule interleave {}
}

// -----

moe.plan @body_1 {
  cluster @cluster
  model @model {
    layers @sparse 3 to 61 {}
  }
  mesh @mesh <ep = 2> on @cluster
  pipeline @p of @model on @mesh schedule sequential {
    // expected-error @below {{'arith.constant' op cannot stand in 'moe.pipeline', which holds 'stage' [body-1]}}
    %0 = arith.constant 0 : i32
  }
}

// -----

// expected-error @below {{'moe.pipeline' op expects parent op 'moe.plan'}}
moe.pipeline @p of @m on @m schedule sequential {}
