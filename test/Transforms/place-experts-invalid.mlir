// RUN: moe-opt %s --split-input-file --verify-diagnostics --moe-place-experts

moe.plan @too_few_slots {
  cluster @cluster world_size 2
  model @model layers 4 {
    // expected-error@+1 {{8 experts do not fit 2 ranks of 3 slots}}
    layers @sparse 0 to 4 { experts count 8 }
  }
  distribution @experts slots_per_rank 3
  mesh @expert <ep = 2> on @cluster
}

// -----

// expected-error@+1 {{placements need a mesh with the axis 'ep'; run --moe-derive-meshes first}}
moe.plan @no_mesh {
  model @model layers 4 {
    layers @sparse 0 to 4 { experts count 8 }
  }
}

// -----

// Balancing is not silently replaced.
moe.plan @balanced {
  cluster @cluster world_size 2
  model @model layers 4 {
    layers @sparse 0 to 4 { experts count 2 }
  }
  // expected-warning@+1 {{placement 'balanced' starts contiguous: the plan has no loads to balance by}}
  distribution @experts placed balanced
  mesh @expert <ep = 2> on @cluster
}
