// RUN: moe-opt %s | FileCheck %s
// RUN: moe-opt %s --mlir-print-op-generic | moe-opt | FileCheck %s

// Tables of slots: per run, with replicas and empty slots, per layer, as one number, in a resource.

// CHECK-LABEL: moe.launch @job
moe.launch @job world_size 4 gpus_per_host 2 {
  host 0 ranks [0, 1]
  host 1 ranks [2, 3]
  // CHECK: {{^ +}}expert_slots @flat layers 3 to 61 experts 4 shards 1 table dense<{{\[\[}}0, 1], [2, 3]]> : tensor<2x2xi32>{{$}}
  expert_slots @flat layers 3 to 61 experts 4 shards 1 table dense<[[0, 1], [2, 3]]> : tensor<2x2xi32>
  // CHECK: {{^ +}}expert_slots @replicas layers 0 to 3 experts 3 shards 2 table dense<{{\[\[}}0, 1], [2, 1], [-1, 0]]> : tensor<3x2xi32>{{$}}
  expert_slots @replicas layers 0 to 3 experts 3 shards 2 table dense<[[0, 1], [2, 1], [-1, 0]]> : tensor<3x2xi32>
  // CHECK: {{^ +}}expert_slots @per_layer layers 1 to 3 experts 2 shards 1 table dense<{{\[\[}}[0], [1]], {{\[\[}}1], [0]]]> : tensor<2x2x1xi32>{{$}}
  expert_slots @per_layer layers 1 to 3 experts 2 shards 1 table dense<[[[0], [1]], [[1], [0]]]> : tensor<2x2x1xi32>
  // CHECK: {{^ +}}expert_slots @everywhere layers 0 to 1 experts 1 shards 1 table dense<0> : tensor<4x1xi32>{{$}}
  expert_slots @everywhere layers 0 to 1 experts 1 shards 1 table dense<0> : tensor<4x1xi32>
  // CHECK: {{^ +}}expert_slots @resource layers 0 to 1 experts 2 shards 1 table dense_resource<slots> : tensor<2x1xi32>{{$}}
  expert_slots @resource layers 0 to 1 experts 2 shards 1 table dense_resource<slots> : tensor<2x1xi32>
}

{-#
  dialect_resources: {
    builtin: {
      slots: "0x040000000000000001000000"
    }
  }
#-}
