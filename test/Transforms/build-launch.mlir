// Stage functions become hosts and one communicator per distinct partition that
// a collective uses.
// RUN: moe-opt %s --split-input-file --moe-lower-pipeline | FileCheck %s
// RUN: moe-opt %s --split-input-file --moe-decide-pipeline --moe-partition --moe-build-launch=keep-stages | FileCheck %s --check-prefix=KEEP

// CHECK-LABEL: moe.plan @folded
// CHECK-NOT: func.func
// CHECK-NOT: shard.grid
// CHECK: moe.launch @launch of @folded world_size 16 gpus_per_host 8 {
// CHECK-NEXT: host 0 ranks [0, 1, 2, 3, 4, 5, 6, 7]
// CHECK-NEXT: host 1 ranks [8, 9, 10, 11, 12, 13, 14, 15]
// CHECK-NEXT: coordinates @attention <pp = 2, dp = 4, cp = 1, tp = 2>
// CHECK-NEXT: coordinates @expert <pp = 2, edp = 2, ep = 4, etp = 1>
// CHECK-NEXT: communicator @tp along <tp> groups <8:2> members <2:1> runs [reduce_scatter, all_gather]
// CHECK-NEXT: communicator @ep along <ep> groups <4:4> members <4:1> runs [all_to_all]
// CHECK-NEXT: communicator @dp along <dp> groups <2:8, 2:1> members <4:2> runs [all_reduce]
// CHECK-NEXT: communicator @edp along <edp> groups <2:8, 4:1> members <2:4> runs [all_reduce]
// CHECK-NEXT: communicator @pp along <pp> groups <8:1> members <2:8> runs [send_recv]
// CHECK-NEXT: stage 0 layers [0 to 1] embedding
// CHECK-NEXT: stage 1 layers [1 to 2] output
// CHECK-NEXT: expert_slots @experts_sparse layers 0 to 2 experts 8 shards 1 table dense<{{\[}}[0, 1], [2, 3], [4, 5], [6, 7]]>
// CHECK: figure "DP" is "4" from "derived: 16 / (2 x 1 x 2)"
// KEEP-LABEL: moe.plan @folded
// KEEP: func.func @stage0
// KEEP: moe.launch
moe.plan @folded {
  cluster @cluster nodes 2 gpus_per_node 8
  model @model hidden 6144 vocab 32000 layers 2 gated true {
    layers @sparse 0 to 2 { experts count 8 top_k 2 width 16384 }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1
  parallelism @parallelism tp 2 pp 2 ep 4 etp 1
}

// -----

// Partitions that coincide are one communicator with an alias; axes of size 1
// have none. The last host is not full.
// CHECK-LABEL: moe.plan @merged
// CHECK: moe.launch @launch of @merged world_size 12 gpus_per_host 8 {
// CHECK-NEXT: host 0 ranks [0, 1, 2, 3, 4, 5, 6, 7]
// CHECK-NEXT: host 1 ranks [8, 9, 10, 11]
// CHECK-NEXT: coordinates
// CHECK-NEXT: coordinates
// CHECK-NEXT: communicator @dp along <dp> aliases ["ep"] groups <> members <12:1> runs [all_to_all, all_reduce]
// CHECK-NEXT: stage 0
// KEEP-LABEL: moe.plan @merged
moe.plan @merged {
  cluster @cluster nodes 2 gpus_per_node 8 world_size 12
  model @model hidden 1024 vocab 32000 layers 1 gated true {
    layers @sparse 0 to 1 { experts count 12 top_k 2 width 512 }
  }
  workload @workload mode train sequence_length 4096 micro_batch 1
  parallelism @parallelism ep 12 etp 1
}
