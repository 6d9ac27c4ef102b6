// RUN: moe-opt %s --split-input-file --verify-diagnostics --moe-derive-meshes --moe-derive-stages

moe.plan @unknown_layers {
  cluster @cluster world_size 2
  model @model {}
  // expected-error@+1 {{cannot derive stages: the plan does not say how many layers the model has}}
  parallelism @parallelism pp 2
}

// -----

moe.plan @chunks {
  cluster @cluster world_size 2
  model @model layers 3 {}
  // expected-error@+1 {{cannot derive stages: 3 chunks do not divide over 2 stages}}
  parallelism @parallelism pp 2 layout "Et|t|tL"
}

// -----

// expected-error@+1 {{stages need the section 'model' and a mesh; run --moe-derive-meshes first}}
moe.plan @no_model {
  cluster @cluster world_size 2
  parallelism @parallelism pp 2
}
