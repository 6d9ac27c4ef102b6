// RUN: moe-opt %s --split-input-file --verify-diagnostics --moe-partition

// expected-error@+1 {{has no mesh; run --moe-derive-meshes first}}
moe.plan @no_mesh {
  cluster @cluster world_size 2
}

// -----

// expected-error@+1 {{has no pipeline; run --moe-derive-stages first}}
moe.plan @no_pipeline {
  cluster @cluster world_size 2
  mesh @attention <dp = 2> on @cluster
}

// -----

// Groups of 8 and of 6 neighbours overlap without nesting.
moe.plan @mesh_4 {
  cluster @cluster world_size 24
  model @model layers 1 {}
  // expected-error@+1 {{the meshes have no common refinement: groups of 6 and of 8 neighbouring ranks overlap without nesting [mesh-4]}}
  parallelism @parallelism tp 8 ep 6 etp 1
  mesh @attention <dp = 3, tp = 8> on @cluster
  mesh @expert <edp = 4, ep = 6> on @cluster folds @attention keeping <pp>
  pipeline @stages of @model on @attention schedule sequential {
    stage 0 layers [0 to 1] embedding output
  }
}

// -----

moe.plan @no_placement {
  cluster @cluster world_size 2
  model @model layers 1 {
    // expected-error@+1 {{the experts of layers 0 to 1 have no placement: the plan does not say how many there are}}
    layers @sparse 0 to 1 { experts }
  }
  mesh @attention <dp = 2> on @cluster
  mesh @expert <ep = 2> on @cluster folds @attention keeping <pp>
  pipeline @stages of @model on @attention schedule sequential {
    stage 0 layers [0 to 1] embedding output
  }
}

// -----

// Two stages on each rank, and groups that no axis has.
moe.plan @dualpipe {
  cluster @cluster world_size 2
  model @model layers 2 {}
  workload @workload mode train
  // expected-error@+1 {{schedule 'dualpipe' puts two stages on every rank, which sums gradients with the rank at the other end of the pipeline, too; a launch has one stage a rank and groups along axes, so this plan can be checked and estimated, not compiled}}
  parallelism @parallelism pp 2 ep 1 etp 1 schedule dualpipe
  mesh @attention <pp = 2> on @cluster
  pipeline @stages of @model on @attention schedule dualpipe {
    stage 0 layers [0 to 1] embedding
    stage 1 layers [1 to 2] output
  }
}
