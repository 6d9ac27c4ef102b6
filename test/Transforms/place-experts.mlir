// Every slot gets an expert, by rule.
// RUN: moe-opt %s --split-input-file --moe-derive-meshes --moe-place-experts | FileCheck %s
// RUN: moe-opt %s --split-input-file --moe-derive-meshes --moe-place-experts=kind=round_robin | FileCheck %s --check-prefix=ROBIN

// CHECK-LABEL: moe.plan @divides
// CHECK: placement @experts_sparse of @model::@sparse on @expert slots 2 table
// CHECK-SAME: dense<{{\[}}[0, 1], [2, 3], [4, 5], [6, 7]]>
// ROBIN-LABEL: moe.plan @divides
// ROBIN: dense<{{\[}}[0, 4], [1, 5], [2, 6], [3, 7]]>
moe.plan @divides {
  cluster @cluster world_size 4
  model @model layers 4 {
    layers @sparse 0 to 4 { experts count 8 }
  }
  parallelism @parallelism ep 4
}

// -----

// Experts that do not divide leave slots empty on the later ranks: 22-21-21 in
// small.
// CHECK-LABEL: moe.plan @uneven
// CHECK: dense<{{\[}}[0, 1, 2], [3, 4, -1], [5, 6, -1]]>
// ROBIN-LABEL: moe.plan @uneven
// ROBIN: dense<{{\[}}[0, 3, 6], [1, 4, -1], [2, 5, -1]]>
moe.plan @uneven {
  cluster @cluster world_size 3
  model @model layers 4 {
    layers @sparse 0 to 4 { experts count 7 }
  }
  parallelism @parallelism ep 3
}

// -----

// Stated slots are filled with replicas, none of them beside its original.
// CHECK-LABEL: moe.plan @replicas
// CHECK: dense<{{\[}}[0, 1, 2], [3, 0, 1]]>
// ROBIN-LABEL: moe.plan @replicas
// ROBIN: dense<{{\[}}[0, 2, 1], [1, 3, 0]]>
moe.plan @replicas {
  cluster @cluster world_size 2
  model @model layers 4 {
    layers @sparse 0 to 4 { experts count 4 }
  }
  parallelism @parallelism ep 2
  distribution @experts slots_per_rank 3
}

// -----

// A rank with more slots than there are experts leaves the rest empty.
// CHECK-LABEL: moe.plan @more_slots_than_experts
// CHECK: dense<{{\[}}[0, 1, -1], [0, 1, -1]]>
// ROBIN-LABEL: moe.plan @more_slots_than_experts
moe.plan @more_slots_than_experts {
  cluster @cluster world_size 2
  model @model layers 4 {
    layers @sparse 0 to 4 { experts count 2 }
  }
  parallelism @parallelism ep 2
  distribution @experts slots_per_rank 3
}
