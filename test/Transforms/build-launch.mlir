// Stage functions become hosts and one communicator per distinct partition that
// a collective uses.
// RUN: moe-opt %s --split-input-file --moe-lower-pipeline | FileCheck %s
// RUN: moe-opt %s --split-input-file --moe-decide-pipeline --moe-partition --moe-build-launch=keep-stages | FileCheck %s --check-prefix=KEEP

// CHECK-LABEL: moe.plan @folded
// CHECK-NOT: func.func
// CHECK-NOT: shard.grid
// CHECK: moe.launch @launch of @folded world_size 16 gpus_per_host 8 {
// CHECK-NEXT: tier @host holds 8
// CHECK-NEXT: tier @network holds 16
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
// CHECK-NEXT: model @model hidden 6144 vocab 32000 layers 2 gated true {
// CHECK-NEXT: layers @sparse 0 to 2 {
// CHECK-NEXT: experts count 8 top_k 2 width 16384
// CHECK: workload @workload mode train sequence_length 4096 micro_batch 1{{$}}
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
// have none. Both nodes hold equally many ranks.
// CHECK-LABEL: moe.plan @merged
// CHECK: moe.launch @launch of @merged world_size 12 gpus_per_host 8 {
// CHECK-NEXT: tier @host
// CHECK-NEXT: tier @network
// CHECK-NEXT: host 0 ranks [0, 1, 2, 3, 4, 5]
// CHECK-NEXT: host 1 ranks [6, 7, 8, 9, 10, 11]
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

// -----

// What a step sends is counted from the program: tokens x hidden x 2 bytes, half of
// them to the other rank of TP, in 4 micro-batches forward and backward; and links
// have the times of the calibration.
// CHECK-LABEL: moe.plan @counted
// CHECK: tier @host holds 2 latency_ns {{[0-9]+}} bytes_per_second {{[0-9]+}}
// CHECK-NEXT: tier @switch holds 4 latency_ns {{[0-9]+}} bytes_per_second
// CHECK-NEXT: tier @network holds 8
// CHECK: communicator @tp {{.*}} runs [reduce_scatter, all_gather] sends [{{[1-9][0-9]*}}, {{[1-9][0-9]*}}]
// CHECK: communicator @dp {{.*}} runs [all_reduce] sends [{{[1-9][0-9]*}}]
// CHECK: figure "tp across hosts" is "0 B of {{.*}} a step"
// CHECK: figure "dp across hosts" is "[[ALL:[0-9.]+ .B]] of [[ALL]] a step, within rails"
moe.plan @counted {
  cluster @cluster gpu "H100" nodes 4 gpus_per_node 2 nvlink_domain 2 intra_node "450 GB/s" inter_node "50 GB/s" nodes_per_switch 2
  model @model hidden 1024 vocab 32000 layers 1 gated true {
    layers @dense 0 to 1 { attention heads 16 kv_heads 16 head_size 64
      ffn width 4096 }
  }
  workload @workload mode train sequence_length 1024 micro_batch 1 global_batch 16
  parallelism @parallelism tp 2
}

// -----

// Of two things of one name the plan's section gets another.

// CHECK-LABEL: moe.plan @named
// CHECK: moe.launch @launch of @named
// CHECK: communicator @tp along <tp>
// CHECK: model @tp_0 hidden 64
moe.plan @named {
  cluster @cluster nodes 1 gpus_per_node 2
  model @tp hidden 64 vocab 100 layers 1 gated true {
    layers @dense 0 to 1 { ffn width 256 }
  }
  workload @workload mode train sequence_length 128 micro_batch 1
  parallelism @parallelism tp 2
}
